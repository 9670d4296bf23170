"""From a policy's texts to everything made of them: the policy as authored, its names, its outline, its program."""

from __future__ import annotations

from pathlib import Path

from creditrules import policy as authored
from creditrules.checker import check_policy
from creditrules.compiler import compile_policy
from creditrules.diagnostics import Finding, errors_in, sorted_findings
from creditrules.files import load_vocabulary, outline_of
from creditrules.frozen import dataclass
from creditrules.outline import Outline, read_outline
from creditrules.program import Program
from creditrules.reader import read_policy
from creditrules.source import Source
from creditrules.tree import Limits
from creditrules.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Made:
    """Everything made of a policy's texts."""

    model: authored.Policy
    vocabulary: Vocabulary
    outline: Outline | None
    program: Program


def make(
    path: Path, source: Source, vocabulary: tuple[Source | None, tuple[Finding, ...]], limits: Limits
) -> tuple[Made | None, Source | None, tuple[Finding, ...]]:
    """Read and check everything; give what was made, unless a finding is an error, and the outline's text.

    `vocabulary` is its text, or why there is none.
    """
    names, found = None, vocabulary[1]
    if vocabulary[0] is not None:
        names, found = load_vocabulary(vocabulary[0].name, vocabulary[0].text)
    model, policy_found = read_policy(source, limits)
    found = (*found, *policy_found)
    if model is None or names is None:
        return None, None, sorted_findings(found)
    outline_source, outline_found = outline_of(path, model.id)
    outline = None
    if outline_source is not None:
        outline, more = read_outline(outline_source)
        outline_found = (*outline_found, *more)
    checked = check_policy(model, source, names, outline)
    if errors_in((*outline_found, *policy_found)) and outline is None:
        checked = tuple(one for one in checked if one.code != "CR602")
    found = sorted_findings((*found, *outline_found, *checked))
    if errors_in(found):
        return None, outline_source, found
    return Made(model, names, outline, compile_policy(model, names)), outline_source, found

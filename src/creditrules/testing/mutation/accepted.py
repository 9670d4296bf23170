"""Survivors that a policy's authors looked at and let stand, each with the reason: `mutation/NAME.yaml` beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from creditrules.diagnostics import errors_in, sorted_findings
from creditrules.errors import PolicyError
from creditrules.files import read_source, shipped_folder
from creditrules.front import Policy
from creditrules.reading import TreeReader
from creditrules.tree import first_key
from creditrules.vocabulary import Labels
from creditrules.yaml_tree import yaml_tree


@dataclass(frozen=True, slots=True)
class Accepted:
    """Survivors let stand, by the key of the change; `file` is where they are written."""

    file: str = ""
    reasons: Mapping[str, Labels] = field(default_factory=dict)


def accepted_of(policy: Policy) -> Accepted:
    """Read what stands beside a policy, or nothing; raises `PolicyError` with the findings of the file."""
    beside = Path(policy.source.name).parent / "mutation" / f"{policy.id}.yaml"
    path = beside if beside.is_file() else shipped_folder() / "mutation" / f"{policy.id}.yaml"
    return read_accepted(path) if path.is_file() else Accepted()


def read_accepted(path: Path) -> Accepted:
    """Read a file of accepted survivors; raises `PolicyError` with its findings."""
    source, found = read_source(path)
    if source is None:
        raise PolicyError(found)
    tree, found = yaml_tree(source)
    if tree is None:
        raise PolicyError(found)
    reader = TreeReader(source)
    keys = ("format", "policy", "survivors")
    top = reader.fields(tree, "`mutation`", keys, keys, at=first_key(tree))
    reader.format(top.get("format"))
    reasons: dict[str, Labels] = {}
    words = []
    for node in reader.items(top.get("survivors"), "survivors"):
        parts = reader.fields(node, "`survivors`", ("change", "reason"), ("change", "reason"), key="survivors")
        word = reader.word(parts.get("change"), "change")
        reason = reader.labels(parts.get("reason"), "reason")
        if word is not None and reason is not None:
            words.append(word)
            reasons[word.text] = reason
    reader.unique(words, "`change`")
    found = (*found, *reader.findings.found)
    if errors_in(found):
        raise PolicyError(sorted_findings(found))
    return Accepted(source.name, reasons)

"""Layers: what a document has that the documents above its area have not. Told to authors, never decided."""

from __future__ import annotations

from creditrules.diagnostics import Finding, Findings, advice, sorted_findings
from creditrules.front import Policy
from creditrules.library import Library
from creditrules.policy import Measures


def layer_findings(library: Library) -> tuple[Finding, ...]:
    """Report each binding burden that only the lower of two documents has: it may go further than the upper one."""
    found: list[Finding] = []
    for policy in library.policies:
        above = [one for one in library.of(policy.model.area) if len(one.model.area) < len(policy.model.area)]
        if above:
            known = {name for one in above for name, _ in _burdens(one)}
            findings = Findings(policy.source)
            for name, effect in _burdens(policy):
                if name not in known:
                    word = next(word for word in effect.names if word.text == name)
                    upper = ", ".join(one.id for one in above)
                    findings.report("CR607", word.span, advice("look-above", names=upper), name=name)
            found += findings.found
    return sorted_findings(found)


def _burdens(policy: Policy) -> list[tuple[str, Measures]]:
    """Give the burdens a policy's binding rules bring."""
    measures = policy.vocabulary.measures
    return [
        (word.text, effect)
        for rule in policy.model.rules
        if rule.chooser is None
        for effect in rule.then
        if isinstance(effect, Measures)
        for word in effect.names
        if measures[word.text].direction == "burden"
    ]

"""What things are called: facts, values, measures, authorities and clauses, in Chinese or English."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from creditrules import policy as authored
from creditrules.outline import Outline
from creditrules.program import ABSENT, NOT_YET, Value
from creditrules.vocabulary import Labels, Vocabulary
from creditrules.wording import Lang

WORDS: Mapping[str, tuple[str, str]] = {
    # outcomes
    "not_applicable": ("不适用", "not applicable"),
    "excluded": ("不予办理", "excluded"),
    "pending": ("待补", "pending"),
    "discretionary": ("由部门裁量", "for the department to decide"),
    "proceed": ("可以办理", "may proceed"),
    "assessed": ("已评估", "assessed"),
    "undetermined": ("尚不能确定", "cannot be told yet"),
    # papers
    "inadmissible": ("不能采用", "inadmissible"),
    "lapsed": ("已失效", "lapsed"),
    "not_yet": ("尚不能用", "not usable yet"),
    "may_refuse": ("部门可不予采用", "the department may decline it"),
    "admissible": ("可以采用", "admissible"),
    # duties
    "met": ("已履行", "met"),
    "late": ("逾期后履行", "done late"),
    "open": ("未到期", "open"),
    "overdue": ("已逾期", "overdue"),
    "owed": ("应履行", "owed"),
    # weights
    "necessary": ("必要条件", "necessary condition"),
    "important_reference": ("重要参考", "important reference"),
    "reference": ("参考", "reference"),
    # actors and targets
    "responsible_persons": ("相关责任人员", "the persons responsible"),
    "documents": ("提交了哪些材料", "which papers were handed in"),
    "today": ("决定之日", "day of the decision"),
}


@dataclass(frozen=True, slots=True)
class Names:
    """Looks names up in one language, for the policies at hand."""

    lang: Lang
    vocabulary: Vocabulary
    policies: Mapping[str, authored.Policy]
    outlines: Mapping[str, Outline]

    def pick(self, zh: str, en: str) -> str:
        """Give the words of the language."""
        return zh if self.lang == "zh" else en

    def word(self, key: str) -> str:
        """Give a word of the library itself: an outcome, a status."""
        return self.pick(*WORDS[key]) if key in WORDS else key

    def join(self, texts: list[str]) -> str:
        """List texts."""
        return self.pick("、", ", ").join(texts)

    def aside(self, text: str) -> str:
        """Put a text in brackets."""
        return self.pick(f"（{text}）", f" ({text})")

    def fact(self, name: str) -> str:
        """Name a fact."""
        if name.startswith("calendar."):
            year = name.partition(".")[2]
            return self.pick(
                f"{year} 年的放假安排（尚未公布或未收录）",
                f"the calendar of {year} (not announced, or not known here)",
            )
        if name in self.vocabulary.facts:
            return self.vocabulary.facts[name].label(self.lang)
        return self.word(name)

    def value(self, fact: str, value: Value | None) -> str:
        """Name a fact's value."""
        if value is None:
            return self.pick("未知", "unknown")
        if isinstance(value, tuple):
            return self.join([self.value(fact, one) for one in value]) or self.pick("无", "none")
        if value is NOT_YET:
            return self.pick("尚未发生", "not yet")
        if value is ABSENT:
            return self.pick("不适用", "does not arise")
        if isinstance(value, bool):
            return self.pick("是", "yes") if value else self.pick("否", "no")
        if isinstance(value, dt.date):
            return value.isoformat()
        known = self.vocabulary.facts[fact].values if fact in self.vocabulary.facts else None
        labels = known.get(str(value)) if known else None
        return labels.label(self.lang) if labels else str(value)

    def thing(self, code: str) -> str:
        """Name a measure, a paper, an act or a fact."""
        found: Mapping[str, Labels]
        for found in (self.vocabulary.measures, self.vocabulary.papers, self.vocabulary.acts):
            if code in found:
                return found[code].label(self.lang)
        return self.fact(code)

    def matter(self, code: str) -> str:
        """Name a matter."""
        return self.vocabulary.matters[code].label(self.lang) if code in self.vocabulary.matters else code

    def who(self, actor: str, rule: str = "") -> str:
        """Name who acts: the subject, the department, the issuer, a source, or an authority of the rule's policy."""
        policy = self.policies.get(rule.partition(":")[0])
        if policy is not None and actor in policy.authorities:
            return policy.authorities[actor].label(self.lang)
        if actor in self.vocabulary.sources:
            return self.vocabulary.sources[actor].label(self.lang)
        for other in self.policies.values():
            if actor in other.authorities:
                return other.authorities[actor].label(self.lang)
        return self.word(actor)

    def document(self, policy: str) -> str:
        """Name a document by its number, or by its title where it has none."""
        known = self.policies.get(policy)
        return (known.number or known.title.label(self.lang)) if known is not None else policy

    def clause(self, clause: str) -> str:
        """Cite a clause as an official would."""
        policy, _, name = clause.partition("/")
        outline = self.outlines.get(policy)
        if outline is None or name not in outline.clauses:
            return clause
        return outline.clauses[name].citation(self.lang)

    def clauses(self, clauses: tuple[str, ...]) -> str:
        """Cite clauses, each with its document where there is more than one."""
        cited = []
        for clause in clauses:
            document = f"{self.document(clause.partition('/')[0])} " if len(self.policies) > 1 else ""
            cited.append(document + self.clause(clause))
        return self.pick("、", "; ").join(cited)

    def summary(self, clause: str) -> str:
        """Say in a line what a clause says."""
        policy, _, name = clause.partition("/")
        outline = self.outlines.get(policy)
        return outline.clauses[name].summary(self.lang) if outline and name in outline.clauses else ""

    def rule(self, name: str) -> authored.Rule | None:
        """Find a rule as authored."""
        policy_id, _, id_ = name.partition(":")
        policy = self.policies.get(policy_id)
        return next((rule for rule in policy.rules if rule.id.text == id_), None) if policy else None

    def said(self, rule: str, zh: str) -> str:
        """Give words a rule shows the reader (`act`, `why`) in the language asked for, found by the Chinese."""
        found = self.rule(rule)
        for effect in found.then if found else ():
            words = getattr(effect, "act", None) or getattr(effect, "why", None)
            if isinstance(words, Labels) and words.zh == zh:
                return words.label(self.lang)
        return self.join([self.thing(code) for code in zh.split("|")])

"""The first files of a new city: an outline, a policy and cases to fill in, which already check, cover and pass."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

_OUTLINE = """# Every clause of the document, in its own order: citation, class, and a line in our own words.
# Classes: decision, document, procedure, lifecycle, duty, context (a context clause needs no rule).
format: 1
outline: {name}
clauses:
  art1: {{class: context, ref: 第一条, ref_en: article 1, zh: 制定目的, en: purpose}}
  art2: {{class: decision, ref: 第二条, ref_en: article 2, zh: 财政资金要有信用报告, en: funds need a report}}
  art3: {{class: lifecycle, ref: 第三条, ref_en: article 3, zh: 施行日期, en: first day in force}}
"""

_POLICY = """# One rule for each clause that decides something; names come from vocabulary.yaml.
format: 1
policy: {name}
title: {name}                   # then `number: ...`, if the document has one
issuer: {name}市人民政府办公室
area: [某省, {name}市]
in_force: {{from: {today}, clause: art3}}

rules:
  - id: report-for-funds
    clause: art2
    modality: should            # the text's own verb: must must_not should may encouraged goal definition
    matters: [fiscal_funding]
    then: {{require: {{any_of: [credit_report]}}}}

not_expressed: {{}}               # clauses without a rule: standing, permission, definition, goal, judgement
"""

_CASES = """# What goes in and what must come out: worked out from the text, not from the program.
format: 1
policy: {name}
defaults: {{on: {today}, subject: {{kind: company}}}}
cases:
  - title: 申报财政资金没有交信用报告的，待补
    request: {{matter: {{code: fiscal_funding}}, documents: []}}
    expect:
      outcome: pending
      requirements: [{{any_of: [credit_report], met: false, clause: art2}}]
  - title: 申报财政资金交了信用报告的，可以办理
    request: {{matter: {{code: fiscal_funding}}, documents: [{{id: r1, kind: credit_report}}]}}
    expect: {{outcome: proceed, papers: {{r1: admissible}}}}
"""


def scaffold(name: str, folder: Path, today: dt.date) -> tuple[Path, ...]:
    """Write outline, policy and cases of a new city into a folder; raises `FileExistsError` rather than overwrite.

    Nothing is written unless all three can be.
    """
    files = {
        folder / "outlines" / f"{name}.yaml": _OUTLINE,
        folder / f"{name}.yaml": _POLICY,
        folder / "cases" / f"{name}.yaml": _CASES,
    }
    for path in files:
        if path.exists():
            raise FileExistsError(path)
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.format(name=name, today=today.isoformat()), encoding="utf-8")
    return tuple(files)

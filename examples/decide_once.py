"""Decide one request: may the company have fiscal funds in Kunshan with the report it hands in?"""

from datetime import date

import creditrules as cr

policy = cr.load("kunshan")

report = cr.Document(
    id="r1",
    kind="credit_report",
    issued_on=date(2017, 3, 10),
    meets_national_standard=True,
    issuer=cr.Issuer(filing_level="prefecture_city", independent=True),
)
decision = policy.decide(
    cr.Subject(kind="company", commitment_made=False),
    cr.Matter(code="fiscal_funding", department="财政局", field=[]),
    documents=[report],
    on=date(2017, 9, 1),
)

print(decision.outcome)
for paper in decision.papers:
    print(paper.id, paper.status, paper.from_, paper.until, ", ".join(paper.clauses))
for requirement in decision.requirements:
    print(requirement.any_of, requirement.met, ", ".join(requirement.clauses))

# The same request a year later: the report is over a year old, so the department decides whether to take it.
later = policy.decide({"kind": "company"}, {"code": "fiscal_funding", "field": []}, [report], on="2018-09-01")
print(later.outcome, later.papers[0].status)

assert (decision.outcome, later.outcome) == ("proceed", "discretionary")
assert policy.replay(decision.receipt()).digest == decision.digest

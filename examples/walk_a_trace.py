"""Walk a decision's trace: which rules held, which nearly did, and which unknown facts the outcome rests on."""

import creditrules as cr
from creditrules.near_miss import misses, why_not
from creditrules.trace import Step, untold_reads

policy = cr.load("zhangye")
decision = policy.decide(
    {"kind": "company", "credit_standing": "ordinary", "on_red_list": False, "dishonest": False},
    {"code": "bidding", "field": []},
    [
        {"id": "record", "kind": "credit_record", "issuer": {"credit_service_agency": True}},
        {
            "id": "report",
            "kind": "credit_report",
            "meets_national_standard": True,
            "filed_on": "2021-05-30",
            "issuer": {
                "credit_service_agency": True,
                "independent": True,
                "registered_locally": True,
                "filed_locally": True,
            },
        },
    ],
    on="2021-06-11",
)


def facts(step: Step, depth: int = 0) -> None:
    """Print the facts under a step, with what was found of each."""
    for read in step.reads:
        print("  " * depth, read.fact, "=", read.value, f"({read.origin})")
    for part in step.parts:
        facts(part, depth + 1)


print(decision.outcome, decision.possible)
for step in decision.trace.rungs:
    if step.result is None:
        print("could not be told:", step.name, "rests on", sorted({read.fact for read in untold_reads(step)}))

print("\nthe rule that publication makes a local report usable:")
facts(next(step for step in decision.trace.rules if step.name == "zhangye:usable-once-published"))

print("\nrules that failed by one condition:")
for step in decision.trace.rules:
    if step.result is False and misses(step) == 1:
        print(" ", step.name, step.paper or "", "-", [leaf.kind for leaf in why_not(step)])

assert decision.outcome == "undetermined"
assert {one.fact for one in decision.missing} == {"document.on_credit_site", "document.published_on"}

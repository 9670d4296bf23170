"""The meaning of the language, on small policies made for each point."""

from __future__ import annotations

import datetime as dt

import pytest

import creditrules as cr
from creditrules.trace import all_hold, any_holds, opposite

pytestmark = pytest.mark.usefixtures("both_ways")
DAY = "2021-06-15"


def rule(id_: str, then: str, **more: str) -> str:
    keys = {"clause": "1", "modality": "must", **more}
    return f"  - {{id: {id_}, {', '.join(f'{key}: {value}' for key, value in keys.items())}, then: {then}}}\n"


def test_kleene_tables() -> None:
    for one in (True, False, None):
        for two in (True, False, None):
            both = False if False in (one, two) else None if None in (one, two) else True
            either = True if True in (one, two) else None if None in (one, two) else False
            assert all_hold([one, two]) is both
            assert any_holds([one, two]) is either
    assert [opposite(one) for one in (True, False, None)] == [False, True, None]
    assert all_hold([]) is True
    assert any_holds([]) is False


def test_a_missing_fact_neither_triggers_nor_clears(made) -> None:
    policy = made(rule("ban", "{measure: market_ban}", when="{subject.dishonest: true}", matters="[market_access]"))
    matter = {"code": "market_access"}
    unknown = policy.decide({}, matter, [], on=DAY)
    assert unknown.outcome == "undetermined"
    assert unknown.possible == ("excluded", "proceed")
    assert [one.fact for one in unknown.missing] == ["subject.dishonest"]
    assert unknown.measures == ()
    assert policy.decide({"dishonest": True}, matter, [], on=DAY).outcome == "excluded"
    assert policy.decide({"dishonest": False}, matter, [], on=DAY).outcome == "proceed"


def test_a_bar_names_its_matters(made) -> None:
    policy = made(rule("ban", "{measure: market_ban}", when="{subject.dishonest: true}"))
    decision = policy.decide({"dishonest": True}, {"code": "social_assistance"}, [], on=DAY)
    assert decision.outcome == "proceed"
    assert [one.code for one in decision.measures] == ["market_ban"]


def test_a_choice_of_measures_bars_out_only_if_each_does(made) -> None:
    bans = made(rule("r", "{measure: {any_of: [market_ban, expel_from_market]}}", matters="any"))
    assert bans.decide({}, {"code": "registration"}, [], on=DAY).outcome == "excluded"
    mixed = made(rule("r", "{measure: {any_of: [market_ban, market_restrictions]}}", matters="any"))
    decision = mixed.decide({}, {"code": "registration"}, [], on=DAY)
    assert decision.outcome == "discretionary"
    assert {one.any_of for one in decision.measures} == {("market_ban", "market_restrictions")}


def test_a_measure_on_others_bars_nobody_here(made) -> None:
    policy = made(rule("r", "{measure: {all_of: [market_ban], target: responsible_persons}}", matters="any"))
    assert policy.decide({}, {"code": "registration"}, [], on=DAY).outcome == "proceed"


def test_a_narrower_matter_is_also_its_broader_ones(made) -> None:
    policy = made(rule("r", "{require: {any_of: [credit_report]}}", matters="[bidding]"))
    assert policy.decide({}, {"code": "construction_bidding"}, [], on=DAY).outcome == "pending"
    assert policy.decide({}, {"code": "fiscal_funding"}, [], on=DAY).outcome == "proceed"


def test_no_matter_is_assessed_and_an_unknown_matter_is_not_told(made) -> None:
    policy = made(rule("r", "{require: {any_of: [credit_report]}}", matters="[bidding]"))
    assert policy.decide({}, None, [], on=DAY).outcome == "assessed"
    assert policy.decide({}, {"code": "random_inspection"}, [], on=DAY).outcome == "assessed"
    unknown = policy.decide({}, {}, [], on=DAY)
    assert unknown.possible == ("pending", "discretionary", "proceed", "assessed")
    assert [one.fact for one in unknown.missing] == ["matter.code"]


def test_papers_absent_are_unknown_and_an_empty_list_is_none(made) -> None:
    policy = made(rule("r", "{require: {any_of: [credit_report]}}", matters="any"))
    unknown = policy.decide({}, {"code": "bidding"}, on=DAY)
    assert unknown.outcome == "undetermined"
    assert [one.fact for one in unknown.missing] == ["documents"]
    assert policy.decide({}, {"code": "bidding"}, [], on=DAY).outcome == "pending"


def test_some_and_none_over_papers(made) -> None:
    when = "{some: {document.kind: credit_record}, none: {document.kind: rating_certificate}}"
    policy = made(rule("r", "{measure: green_channel}", when=when))

    def held(papers: list[str] | None) -> bool | None:
        documents = None if papers is None else [{"kind": kind} for kind in papers]
        steps = policy.decide({}, None, documents, on=DAY).trace.rules
        return steps[0].result

    assert held(["credit_record"]) is True
    assert held(["credit_record", "rating_certificate"]) is False
    assert held([]) is False
    assert held(None) is None


@pytest.mark.parametrize(
    ("on", "status"),
    [("2021-06-10", "not_yet"), ("2021-06-11", "admissible"), ("2021-07-01", "admissible"), ("2021-07-02", "lapsed")],
)
def test_first_and_last_day_are_both_in(made, on: str, status: str) -> None:
    usable = (
        "{after: {working_days: 7, since: document.published_on}, until: {months: 1, since: document.published_on}}"
    )
    policy = made(rule("r", f"{{usable: {usable}}}", each="document"))
    papers = [{"id": "p", "kind": "credit_report", "published_on": "2021-06-01"}]
    paper = policy.decide({}, None, papers, on=on).papers[0]
    assert (paper.status, paper.from_, paper.until) == (status, dt.date(2021, 6, 11), dt.date(2021, 7, 1))


def test_the_status_ladder_and_what_left_to_does(made) -> None:
    rules = (
        rule("bad", "{inadmissible: true}", each="document", when="{document.meets_national_standard: false}")
        + rule("late", "{usable: {until: document.issued_on}}", each="document")
        + rule("early", "{usable: {from: document.published_on}}", each="document")
        + rule("may", "{inadmissible: true}", each="document", modality="may", when="{issuer.independent: false}")
    )
    policy = made(rules)

    def status(**facts: object) -> str:
        good = {
            "meets_national_standard": True,
            "issued_on": DAY,
            "published_on": DAY,
            "issuer": {"independent": True},
        }
        paper = {"id": "p", "kind": "credit_report", **good, **facts}
        return policy.decide({}, None, [paper], on=DAY).papers[0].status

    assert status() == "admissible"
    assert status(issuer={"independent": False}) == "may_refuse"
    assert status(published_on="2021-06-16", issued_on="2021-06-17", issuer={"independent": False}) == "not_yet"
    assert status(issued_on="2021-06-14") == "lapsed"
    assert status(published_on="2021-06-17", issued_on="2021-06-16") == "lapsed"  # no day is left
    assert status(meets_national_standard=False, issued_on="2021-06-14") == "inadmissible"
    assert status(meets_national_standard=None) == "undetermined"
    assert status(meets_national_standard=None, issued_on="2021-06-14") == "undetermined"
    assert status(issuer={}, issued_on="2021-06-14") == "lapsed"


def test_a_paper_surely_lapsed_does_not_meet_a_requirement_whatever_else_is_unknown(made) -> None:
    rules = (
        rule("need", "{require: {any_of: [credit_report]}}", matters="any")
        + rule("bad", "{inadmissible: true}", each="document", when="{document.meets_national_standard: false}")
        + rule("late", "{usable: {until: document.issued_on}}", each="document")
    )
    decision = made(rules).decide(
        {}, {"code": "bidding"}, [{"kind": "credit_report", "issued_on": "2021-01-01"}], on=DAY
    )
    assert decision.papers[0].status == "undetermined"
    assert decision.outcome == "pending"


def test_a_yes_no_fact_and_its_date_are_one_event(made) -> None:
    policy = made(
        rule("r", "{measure: green_channel}", when="{some: {document.filed_with_credit_office: true}}")
        + rule("s", "{measure: key_support}", when="{some: {document.filed_on: {on_or_before: today}}}")
        + rule("t", "{measure: priority_handling}", when="{some: {document.filed_on: {after: 2021-06-01}}}")
    )

    def codes(**facts: object) -> dict[str, bool | None]:
        decision = policy.decide({}, None, [{"kind": "credit_report", **facts}], on=DAY)
        return {step.name.partition(":")[2]: step.result for step in decision.trace.rules}

    assert codes(filed_on=DAY) == {"r": True, "s": True, "t": True}
    assert codes(filed_on="2021-06-16") == {"r": False, "s": False, "t": True}
    assert codes(filed_on="not_yet") == {"r": False, "s": False, "t": True}
    assert codes(filed_with_credit_office=False) == {"r": False, "s": False, "t": True}
    assert codes(filed_with_credit_office=True) == {"r": True, "s": True, "t": None}
    assert codes() == {"r": None, "s": None, "t": None}
    decision = policy.decide({}, None, [{"id": "p", "kind": "credit_report"}], on=DAY)
    untold = next(one for one in decision.untold if one.rule == "made:r")
    assert [one.fact for one in untold.missing] == ["document.filed_on", "document.filed_with_credit_office"]


def test_a_day_that_has_come_stands_so_to_today_from_either_side(made) -> None:
    policy = made(
        "".join(
            rule(
                operator.replace("_", "-"),
                "{measure: key_support}",
                when=f"{{some: {{today: {{{operator}: document.filed_on}}}}}}",
            )
            for operator in ("before", "on_or_before", "after", "on_or_after")
        )
    )
    decision = policy.decide({}, None, [{"kind": "credit_report", "filed_with_credit_office": True}], on=DAY)
    assert {step.name.partition(":")[2]: step.result for step in decision.trace.rules} == {
        "before": False, "on-or-before": None, "after": None, "on-or-after": True,
    }  # fmt: skip


def test_a_bar_on_any_matter_bars_one_not_told(made) -> None:
    policy = made(rule("r", "{measure: restrict_dishonest_enterprise}"))
    assert policy.decide({}, {}, [], on=DAY).possible == ("discretionary",)


def test_absent_facts(made) -> None:
    policy = made(
        rule("r", "{measure: market_ban}", when="{subject.repeat_offender: true}")
        + rule("s", "{measure: green_channel}", when="{subject.dishonesty_severity: {is_not: serious}}")
        + rule("t", "{measure: key_support}", when="{subject.dishonesty_severity: {at_most: moderate}}")
    )
    steps = policy.decide({"dishonest": False}, None, [], on=DAY).trace.rules
    assert {step.name: step.result for step in steps} == {"made:r": False, "made:s": True, "made:t": False}
    with pytest.raises(cr.RequestError) as caught:
        policy.decide({"dishonest": False, "repeat_offender": True}, None, [], on=DAY)
    assert [one.code for one in caught.value.findings] == ["CR502"]
    same = policy.decide({"dishonest": False, "repeat_offender": False}, None, [], on=DAY)
    assert same.outcome == "assessed"


def test_taken_presumed_and_their_order(made) -> None:
    more = "presume: {subject.on_red_list: {value: true, clause: 1, reading: 推定}}\n"
    policy = made(rule("r", "{measure: green_channel}", when="{subject.on_red_list: true}"), more)
    presumed = policy.decide({}, None, [], on=DAY)
    assert [(one.fact, one.value) for one in presumed.presumed] == [("subject.on_red_list", True)]
    assert [one.code for one in presumed.measures] == ["green_channel"]
    taken = policy.decide({}, None, [], on=DAY, consulted=["credit_platform"])
    assert [(one.fact, one.source) for one in taken.taken] == [("subject.on_red_list", "credit_platform")]
    assert taken.measures == ()
    assert taken.presumed == ()
    given = policy.decide({"on_red_list": False}, None, [], on=DAY)
    assert (given.presumed, given.measures) == ((), ())


def test_what_is_given_defeats_a_presumption_it_rests_on(made) -> None:
    more = "presume: {subject.dishonest: {value: false, clause: 1}}\n"
    policy = made(rule("r", "{measure: market_ban}", when="{subject.dishonest: true}"), more)
    decision = policy.decide({"dishonesty_severity": "serious"}, None, [], on=DAY)
    assert decision.presumed == ()
    assert [one.rule for one in decision.untold] == ["made:r"]


@pytest.mark.parametrize("each", ["true", "false"])
def test_a_paper_speaks_against_no_presumption_about_the_request(made, each: str) -> None:
    """What is told of one paper rests on a fact of the request, which is presumed for all papers alike."""
    more = (
        "facts:\n  document.sealed: {type: bool, zh: 封, en: sealed, held_by: subject, changed_by: nobody, "
        "only_if: {subject.dishonest: true}}\n"
        "presume: {subject.dishonest: {value: true, clause: 1}}\n"
    )
    when = f"{{subject.dishonest: {each}}}"
    policy = made(rule("r", "{inadmissible: true}", each="document", when=when), more)
    papers = [{"id": "x", "kind": "credit_report", "sealed": True}, {"id": "y", "kind": "credit_report"}]
    found = policy.decide({}, None, papers, on=DAY)
    assert [one.status for one in found.papers] == [{"true": "inadmissible", "false": "admissible"}[each]] * 2
    assert [one.fact for one in found.presumed] == ["subject.dishonest"]


def test_a_fact_is_not_taken_where_something_given_rests_on_it(made) -> None:
    policy = made(rule("r", "{measure: market_ban}", when="{subject.dishonest: true}"))
    decision = policy.decide({"on_black_list": True}, None, [], on=DAY, consulted=["credit_platform"])
    assert "subject.dishonest" not in {one.fact for one in decision.taken}


def test_the_silence_of_a_source_accuses_nobody(made) -> None:
    then = "{prohibit: {by: issuer, act: 不合标准}}"
    policy = made(rule("r", then, each="document", when="{document.meets_national_standard: false}"))
    paper = [{"kind": "credit_report"}]
    assert policy.decide({}, None, paper, on=DAY, consulted=["credit_office"]).violations == ()


def test_unless_and_overrides(made) -> None:
    rules = (
        rule(
            "base",
            "{measure: market_ban}",
            when="{subject.dishonest: true}",
            unless="{subject.repair_completed: true}",
        )
        + rule("other", "{measure: industry_ban}", when="{subject.dishonest: true}")
        + rule("end", "{measure: credit_repair}", when="{subject.rectified: true}", overrides="[other]")
    )
    policy = made(rules)

    def codes(**facts: object) -> set[str]:
        return {one.code for one in policy.decide({"dishonest": True, **facts}, None, [], on=DAY).measures}

    assert codes(repair_completed=False, rectified=False) == {"market_ban", "industry_ban"}
    assert codes(repair_completed=True, rectified=True) == {"credit_repair"}
    assert codes() == set()


def test_a_conflict_never_lifts_the_burden(made) -> None:
    rules = rule("good", "{measure: green_channel}", modality="may", when="{subject.on_red_list: true}") + rule(
        "bad", "{measure: market_restrictions}", when="{subject.on_black_list: true}"
    )
    decision = made(rules).decide({"on_red_list": True, "on_black_list": True}, {"code": "bidding"}, [], on=DAY)
    assert decision.outcome == "discretionary"
    assert [one.code for one in decision.measures] == ["market_restrictions"]
    assert [(one.favour.codes, one.burden.codes) for one in decision.conflicts] == [
        (("green_channel",), ("market_restrictions",))
    ]


@pytest.mark.parametrize(
    ("returned", "on", "status", "breach"),
    [
        ("2021-06-08", "2021-06-20", "met", False),
        ("2021-06-09", "2021-06-20", "late", True),
        ("not_yet", "2021-06-08", "open", False),
        ("not_yet", "2021-06-09", "overdue", True),
        (None, "2021-06-09", "undetermined", False),
        ("2021-06-21", "2021-06-09", "overdue", True),
    ],
)
def test_how_a_duty_stands(made, returned: str | None, on: str, status: str, breach: bool) -> None:
    duty = (
        "{duty: {who: department, what: return_review_result, done_on: procedure.review_returned_on,"
        " due: {working_days: 5, since: procedure.review_applied_on}}}"
    )
    policy = made(rule("r", duty, when="{procedure.review_applied_on: {on_or_before: today}}"))
    procedure = {"review_applied_on": "2021-06-01", "review_returned_on": returned}
    decision = policy.decide({}, None, [], on=on, procedure=procedure)
    assert [(one.status, one.due) for one in decision.duties] == [(status, dt.date(2021, 6, 8))]
    assert bool(decision.violations) is breach


def test_a_duty_that_hangs_on_two_papers_names_both(made) -> None:
    done = "{none: {document.meets_national_standard: false}}"
    policy = made(rule("r", f"{{duty: {{who: subject, what: rectify, done: {done}}}}}", matters="[bidding]"))
    papers = [{"id": name, "kind": "credit_report"} for name in ("x", "y")]
    (duty,) = policy.decide({}, {"code": "bidding"}, papers, on=DAY).duties
    assert [(one.document, one.fact) for one in duty.missing] == [
        ("x", "document.meets_national_standard"), ("y", "document.meets_national_standard"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("start", "since", "first"),
    [
        ("2020-02-10", "2020-02-10", "2020-06-30"),
        ("2020-02-10", "2020-02-09", "2020-06-30"),
        ("2020-02-10", "2020-02-11", "2020-12-31"),
        ("2020-02-10", "2020-07-01", "2020-12-31"),
        ("2020-02-10", "2020-07-02", "2021-06-30"),
        ("2020-01-01", "2020-01-01", "2020-06-30"),
    ],
)
def test_the_first_period_of_a_recurring_duty(tmp_path, start: str, since: str, first: str) -> None:
    """A duty that begins with its document is owed from the period under way, a later one from the next to begin."""
    duty = (
        "{duty: {who: subject, what: report_work, every: half_year, since: subject.operates_locally_since, "
        "done_on: procedure.work_reported_on}}"
    )
    text = (
        f"format: 1\npolicy: p\ntitle: t\nnumber: n\nissuer: i\narea: [某省]\nin_force: {{from: {start}}}\nrules:\n"
        + rule("r", duty, when="{subject.kind: company}")
    )
    (tmp_path / "p.yaml").write_text(text, encoding="utf-8")
    subject = {"kind": "company", "operates_locally_since": since}
    duties = cr.load(tmp_path / "p.yaml").decide(subject, None, [], on=DAY).duties
    assert min(str(one.due) for one in duties) == first


def test_a_duty_done_on_an_unknown_day(made) -> None:
    due = ", due: {days: 30, since: document.issued_on}"
    duty = "{{duty: {{who: issuer, what: disclose{0}, done_on: document.published_on}}}}"
    policy = made(
        rule("r", duty.format(""), each="document") + rule("s", duty.format(due), each="document", clause="2")
    )
    paper = {"kind": "credit_report", "on_credit_site": True, "issued_on": "2021-06-01"}

    def status(on: str) -> dict[str, str]:
        return {one.rule: one.status for one in policy.decide({}, None, [paper], on=on).duties}

    assert status("2021-06-15") == {"made:r": "met", "made:s": "met"}
    assert status("2021-07-15") == {"made:r": "met", "made:s": "undetermined"}


def test_a_day_counted_from_not_yet_has_not_begun(made) -> None:
    due = "{days: 5, since: subject.rectification_deadline}"
    duty = f"{{duty: {{who: department, what: rectify, due: {due}, done_on: subject.rectified_on}}}}"
    policy = made(rule("r", duty, when="{subject.dishonest: true}"))
    subject = {"dishonest": True, "rectification_deadline": "not_yet", "rectified_on": "not_yet"}
    assert [one.status for one in policy.decide(subject, None, [], on=DAY).duties] == ["open"]


def test_a_year_not_announced_could_not_be_told(made) -> None:
    usable = "{usable: {after: {working_days: 7, since: document.published_on}}}"
    policy = made(
        rule("r", usable, each="document") + rule("n", "{require: {any_of: [credit_report]}}", matters="any")
    )
    paper = [{"kind": "credit_report", "published_on": "2026-12-28"}]
    decision = policy.decide({}, {"code": "bidding"}, paper, on="2027-01-20")
    assert decision.outcome == "undetermined"
    assert [one.fact for one in decision.missing] == ["calendar.2027"]


def test_before_the_first_and_after_the_last_day_nothing_is_said(made) -> None:
    policy = made(rule("r", "{measure: green_channel}", matters="any"))
    decision = policy.decide({}, {"code": "bidding"}, [{"kind": "credit_report"}], on="2019-12-31")
    assert (decision.outcome, decision.papers, decision.measures) == ("not_applicable", (), ())
    assert decision.policy[0].why == "before_first_day"
    assert policy.decide({}, {"code": "bidding"}, [], on="2020-01-01").outcome == "proceed"


def test_in_a_scope_tests_on_the_matter_fail_without_one_for_papers_too(made) -> None:
    tests = "{some: {any: [{subject.dishonest: false}, {matter.central_procurement: false}]}}"
    for scope, outcomes in (
        (tests, ("not_applicable", "assessed")),
        (f"{{not: {tests}}}", ("not_applicable", "assessed")),
    ):
        policy = made(rule("r", "{measure: market_ban}"), f"scope: {{clause: 1, when: {scope}}}\n")
        assert policy.decide({}, None, [{"kind": "credit_report"}], on=DAY).possible == outcomes


def test_a_scope_not_told_keeps_not_applicable_possible(made) -> None:
    more = "scope: {clause: 1, when: {any: [{subject.kind: company}, {matter.code: bank_loan_approval}]}}\n"
    policy = made(rule("r", "{require: {any_of: [credit_report]}}", matters="any"), more)
    assert policy.decide({}, {"code": "bidding"}, [], on=DAY).possible[0] == "not_applicable"
    assert policy.decide({"kind": "individual"}, {"code": "bidding"}, [], on=DAY).outcome == "not_applicable"
    assert policy.decide({"kind": "individual"}, None, [], on=DAY).outcome == "not_applicable"
    assert policy.decide({"kind": "individual"}, {"code": "bank_loan_approval"}, [], on=DAY).outcome == "pending"


def test_equal_requirements_merge_and_keep_their_clauses(made) -> None:
    rules = rule("a", "{require: {any_of: [credit_report, credit_record]}}", matters="any") + rule(
        "b", "{require: {any_of: [credit_record, credit_report]}}", matters="[bidding]", clause="2"
    )
    requirements = made(rules).decide({}, {"code": "bidding"}, [], on=DAY).requirements
    assert [(one.rule, one.also, one.clauses) for one in requirements] == [
        ("made:a", ("made:b",), ("made/1", "made/2"))
    ]


def test_requirements_about_different_papers_stay_apart(made) -> None:
    ways = (
        "[{step: make_commitment, done: {document.meets_national_standard: true}}, "
        "{step: rectify, done: {document.on_credit_site: true}}]"
    )
    policy = made(rule("r", f"{{require: {{any_of: {ways}}}}}", matters="any", each="document"))
    papers = [
        {"id": "x", "kind": "credit_report", "meets_national_standard": True, "on_credit_site": False},
        {"id": "y", "kind": "credit_report", "meets_national_standard": False, "on_credit_site": True},
    ]
    requirements = policy.decide({}, {"code": "bidding"}, papers, on=DAY).requirements
    assert sorted([part.met for part in one.parts] for one in requirements) == [[False, True], [True, False]]


def test_equal_measures_and_options_merge_and_keep_their_clauses(made) -> None:
    rules = (
        rule("b", "{measure: {any_of: [market_ban], by: issuer}}", matters="any")
        + rule("a", "{measure: {any_of: [market_ban], by: issuer}}", matters="[bidding]", clause="2")
        + rule("other-hand", "{measure: market_ban}", matters="any")
        + rule("c", "{measure: green_channel}", matters="any", modality="may", left_to="department")
        + rule("d", "{measure: green_channel}", matters="any", modality="may", left_to="department", clause="2")
    )
    decision = made(rules).decide({}, {"code": "bidding"}, [], on=DAY)
    assert [(one.by, one.rule, one.also, one.clauses) for one in decision.measures] == [
        ("department", "made:other-hand", (), ("made/1",)),
        ("issuer", "made:a", ("made:b",), ("made/1", "made/2")),
    ]
    assert [(one.rule, one.also, one.clauses) for one in decision.options] == [
        ("made:c", ("made:d",), ("made/1", "made/2"))
    ]


def test_the_most_decisive_fact_comes_first(made) -> None:
    when = "{any: [{subject.on_black_list: true}, {subject.dishonest: true, subject.repeat_offender: true}]}"
    policy = made(rule("r", "{measure: market_ban}", when=when, matters="any"))
    decision = policy.decide({}, {"code": "registration"}, [], on=DAY)
    assert [one.fact for one in decision.missing] == [
        "subject.dishonest", "subject.on_black_list", "subject.repeat_offender",
    ]  # fmt: skip


def test_facts_of_the_upper_rungs_come_first(made) -> None:
    grave = "{subject.caused_major_loss: true, subject.repeat_offender: true}"
    rules = rule("ban", "{measure: market_ban}", when=grave, matters="any")
    rules += rule(
        "need", "{require: {any_of: [credit_report]}}", when="{subject.commitment_made: false}", matters="any"
    )
    decision = made(rules).decide({"dishonest": True}, {"code": "registration"}, [], on=DAY)
    assert decision.possible == ("excluded", "pending", "discretionary", "proceed")
    assert [one.fact for one in decision.missing] == [
        "subject.caused_major_loss", "subject.repeat_offender", "subject.commitment_made",
    ]  # fmt: skip


def test_a_fact_stands_where_it_is_first_needed(made) -> None:
    """Facts that an upper rung and a lower one hang on come before one that only a rung between them does."""
    grave = "{subject.caused_major_loss: true, subject.repeat_offender: true}"
    rules = rule("ban", "{measure: market_ban}", when=grave, matters="any")
    rules += rule(
        "need", "{require: {any_of: [credit_report]}}", when="{subject.commitment_made: false}", matters="any"
    )
    rules += rule("ask", "{refer: {to: department, why: why}}", when=grave)
    decision = made(rules).decide({"dishonest": True}, {"code": "registration"}, [], on=DAY)
    assert [one.fact for one in decision.missing] == [
        "subject.caused_major_loss", "subject.repeat_offender", "subject.commitment_made",
    ]  # fmt: skip


@pytest.mark.parametrize("test", ["more_than: 10", "at_least: 10", "less_than: 10"])
def test_a_number_is_tried_beside_its_limits(made, test: str) -> None:
    """One number alone settles it, so it comes before facts of which it takes two."""
    when = f"{{any: [{{subject.staff: {{{test}}}}}, {{subject.dishonest: true, subject.repeat_offender: true}}]}}"
    more = "facts: {subject.staff: {type: number, zh: 人, en: staff, held_by: subject, changed_by: nobody}}\n"
    policy = made(rule("r", "{measure: market_ban}", when=when, matters="any"), more)
    decision = policy.decide({}, {"code": "registration"}, [], on=DAY)
    assert decision.missing[0].fact == "subject.staff"


def test_only_papers_that_surely_serve_are_named(made) -> None:
    rules = rule("need", "{require: {any_of: [credit_report]}}", matters="any")
    rules += rule("bad", "{inadmissible: true}", each="document", when="{document.meets_national_standard: false}")
    papers = [
        {"id": "sure", "kind": "credit_report", "meets_national_standard": True},
        {"id": "unsure", "kind": "credit_report"},
    ]
    requirement = made(rules).decide({}, {"code": "bidding"}, papers, on=DAY).requirements[0]
    assert (requirement.met, requirement.parts[0].papers) == (True, ("sure",))


@pytest.mark.parametrize(
    ("on", "outcome"), [("2021-06-14", "proceed"), ("2021-06-15", "proceed"), ("2021-06-16", "pending")]
)
def test_a_paper_that_binds_to_its_last_day_counts_no_longer_after_it(made, on: str, outcome: str) -> None:
    rules = rule("need", "{require: {any_of: [credit_report]}}", matters="any")
    rules += rule("year", "{usable: {until: {years: 1, since: document.issued_on}}}", each="document")
    papers = [{"kind": "credit_report", "issued_on": "2020-06-15"}]
    assert made(rules).decide({}, {"code": "bidding"}, papers, on=on).outcome == outcome


def test_a_setting_is_worked_in(made) -> None:
    strict, level = "{type: bool, value: false, clause: 1}", "{type: level, value: provincial, clause: 1}"
    more = f"settings: {{strict: {strict}, level: {level}}}\n"
    rules = rule("r", "{measure: market_ban}", when="{setting.strict: true}") + rule(
        "s", "{inadmissible: true}", each="document", when="{issuer.filing_level: {less_than: {setting: level}}}"
    )
    policy = made(rules, more)
    papers = [
        {"id": "low", "kind": "credit_report", "issuer": {"filing_level": "county"}},
        {"id": "high", "kind": "credit_report", "issuer": {"filing_level": "provincial"}},
    ]
    decision = policy.decide({}, None, papers, on=DAY)
    assert decision.measures == ()
    assert {one.id: one.status for one in decision.papers} == {"low": "inadmissible", "high": "admissible"}


def test_readings_of_untold_rules_are_given_only_where_the_outcome_may_rest_on_them(made) -> None:
    reading = "{zh: 读, en: read}"
    policy = made(
        rule("ban", "{measure: market_ban}", matters="[market_access]", when="{subject.on_black_list: true}")
        + rule(
            "report",
            "{require: {any_of: [credit_report]}}",
            matters="any",
            when="{subject.dishonest: true}",
            reading=reading,
        )
    )

    def asked(**facts: object) -> tuple[str, list[str]]:
        decision = policy.decide(facts, {"code": "market_access"}, [], on=DAY)
        return decision.outcome, [one.of for one in decision.readings]

    assert asked(on_black_list=False) == ("undetermined", ["made:report"])
    assert asked(on_black_list=True) == ("excluded", [])  # whether a report is required changes nothing
    assert asked(on_black_list=True, dishonest=True) == ("excluded", ["made:report"])
    assert asked(on_black_list=False, dishonest=False) == ("proceed", [])

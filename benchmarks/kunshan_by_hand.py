"""Kunshan's document as a programmer would write it by hand: one function for this policy and nothing else.

It takes a request as a plain mapping and gives a mapping of the parts of a decision, all but the readings and the
policy's own particulars; unknown facts are missing only under the rungs they leave open. It validates nothing.

A truth is `True`, `False`, or a frozen set: cannot be told, for want of these facts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, TypeAlias

import chinese_calendar

from benchmarks.kunshan_words import (
    ACTS,
    ALL_CONTENTS,
    BY_DEPARTMENT,
    CLAUSES,
    COVERED,
    FIRST_DAY,
    HIGH_ENOUGH,
    KEY_FIELDS,
    NOT_ADMINISTRATIVE,
    PILOTS,
    REPORT_LISTED,
)

Missing: TypeAlias = tuple[str, str | None, str]
Truth: TypeAlias = bool | frozenset[Missing]
Request: TypeAlias = Mapping[str, Any]

NOT_YET = "not_yet"
_NOTHING: Mapping[str, Any] = {}


def _unknown(fact: str, held_by: str) -> frozenset[Missing]:
    return frozenset({(fact, None, held_by)})


_KIND = _unknown("subject.kind", "subject")
_CODE = _unknown("matter.code", "department")
_FIELD = _unknown("matter.field", "department")
_DEPARTMENT = _unknown("matter.department", "department")
_DOCUMENTS = _unknown("documents", "subject")
_MADE = _unknown("subject.commitment_made", "subject")
_BREACHED = _unknown("subject.commitment_breached", "credit_platform")
_RECORDED = _unknown("procedure.breach_recorded", "credit_platform")
_APPLIED = _unknown("procedure.review_applied_on", "review_centre")
_RETURNED = _unknown("procedure.review_returned_on", "review_centre")
_LEAKED = _unknown("department.leaked_or_misused_information", "credit_office")
_TENDER = _unknown("matter.procurement_open_tender", "department")
_FUNDED = _unknown("matter.project_state_funded", "department")
_BANK = _unknown("matter.handled_by_bank", "department")
_LARGE = _unknown("matter.loan_over_threshold", "department")


def _both(one: Truth, other: Truth) -> Truth:
    if one is False or other is False:
        return False
    if one is True:
        return other
    return one if other is True else one | other


def _either(one: Truth, other: Truth) -> Truth:
    if one is True or other is True:
        return True
    if one is False:
        return other
    return one if other is False else one | other


def _not(one: Truth) -> Truth:
    return not one if isinstance(one, bool) else one


def _told(truth: Truth) -> bool | None:
    return truth if isinstance(truth, bool) else None


def _names(missing: frozenset[Missing]) -> tuple[Missing, ...]:
    return tuple(sorted(missing, key=lambda one: (one[0], one[1] or "")))


def _year_after(day: dt.date) -> dt.date:
    try:
        return day.replace(year=day.year + 1)
    except ValueError:  # 29 February
        return day.replace(year=day.year + 1, day=28)


def _date(value: Any) -> Any:
    """Give a day as a date; `not_yet` and `None` as they are."""
    return dt.date.fromisoformat(value) if isinstance(value, str) and value != NOT_YET else value


class _Found:
    """What the rules bring, as they are gone through."""

    __slots__ = ("held", "untold")

    def __init__(self) -> None:
        self.held: list[tuple[str, tuple[str, ...], str | None]] = []
        self.untold: list[tuple[Any, ...]] = []

    def rule(self, id_: str, holds: Truth, effect: str = "", codes: tuple[str, ...] = (), of: Any = None) -> bool:
        """Note a rule that holds, or an effect that cannot be told; say whether it holds."""
        if holds is True:
            self.held.append((id_, CLAUSES[id_], of))
            return True
        if holds is not False and effect:
            self.untold.append((effect, codes, id_, CLAUSES[id_], _names(holds), of))
        return False


class _Paper:
    """A paper handed in, judged."""

    __slots__ = ("clean", "entry", "id", "kind", "usable")

    def __init__(self, id_: str, kind: str, usable: Truth, clean: Truth, entry: tuple[Any, ...]) -> None:
        self.id, self.kind, self.usable, self.clean, self.entry = id_, kind, usable, clean, entry


def decide(request: Request) -> dict[str, Any]:
    """Decide a request by Kunshan's document."""
    on: dt.date = _date(request["on"])
    consulted = request.get("consulted") or ()
    subject = request.get("subject") or _NOTHING
    matter = request.get("matter")
    documents = request.get("documents")
    procedure = request.get("procedure") or _NOTHING
    code = matter.get("code") if matter is not None else None

    # Whom and when the document governs.
    kind = subject.get("kind")
    applies: Truth = _KIND if kind is None else kind != "government_agency"
    if matter is not None and applies is not True:
        applies = _either(applies, _CODE if code is None else code == "bank_loan_approval")
    if on < FIRST_DAY or applies is False:
        return _answer(on, ("not_applicable",), frozenset())

    found = _Found()
    taken: list[tuple[str, str | None, str]] = []
    answer: dict[str, Any] = {}
    duties: list[tuple[Any, ...]] = []
    violations: list[tuple[Any, ...]] = []
    weights: list[tuple[Any, ...]] = []

    def yes(section: Request, key: str, unknown: frozenset[Missing]) -> Truth:
        """Give a yes/no fact; a source that was consulted and does not show it means no."""
        value = section.get(key)
        if value is not None:
            return bool(value)
        if consulted:
            ((fact, about, held_by),) = unknown
            if held_by in consulted:
                taken.append((fact, about, held_by))
                return False
        return unknown

    # Commitments.
    made: Truth
    if subject.get("commitment_made") is None and (
        subject.get("commitment_breached") or subject.get("commitment_public")
    ):
        made = _MADE  # what rests on a commitment is told, so silence says nothing of it
    else:
        made = yes(subject, "commitment_made", _MADE)
    breached = yes(subject, "commitment_breached", _BREACHED)
    if breached is _BREACHED and made is not True:
        breached = False if made is False else _BREACHED | _MADE
    breach = _both(applies, breached)
    measures: tuple[Any, ...] = ()
    if found.rule("liable-for-breach", breach, "measure", ("breach_liability",)):
        measures = (("breach_liability", "department", "subject", "liable-for-breach", CLAUSES["liable-for-breach"]),)
    if found.rule("breach-on-record", breach, "duty", ("record_breach_and_publish",)):
        recorded = yes(procedure, "breach_recorded", _RECORDED)
        duties.append(_duty("department", "record_breach_and_publish", "breach-on-record", recorded, None))

    # The review centre's five working days.
    applied = _date(procedure.get("review_applied_on"))
    asked: Truth = _APPLIED if applied is None else applied != NOT_YET and applied <= on
    if found.rule("review-in-five-working-days", _both(applies, asked), "duty", ("return_review_result",)):
        duty = _review_duty(on, applied, _date(procedure.get("review_returned_on")))
        duties.append(duty)
        if duty[2] in ("late", "overdue"):
            violations.append(("review_centre", "return_review_result", duty[4], duty[5], duty[3], None))

    # Papers.
    papers: list[_Paper] | None = None
    presumed: list[tuple[str, str, bool]] = []
    form: Truth = _DOCUMENTS
    if documents is not None:
        form = False
        papers = []
        for document in sorted(documents, key=lambda one: one["id"]):
            judged, in_form = _judge(document, on, applies, yes, found, duties, violations, weights)
            papers.append(judged)
            form = _either(form, in_form)
            if document.get("issued_on") is None and document.get("issued") is None:
                presumed.append(("document.issued", judged.id, True))
    secrets = yes(request.get("department") or _NOTHING, "leaked_or_misused_information", _LEAKED)
    if found.rule("secrets-and-privacy", _both(applies, secrets), "prohibit", (ACTS["secrets-and-privacy"],)):
        violations.append(_violation("secrets-and-privacy", "department", None))

    # What the matter needs, and what is left to the department.
    requirements: list[_Requirement] = []
    options: list[tuple[Any, ...]] = []
    simpler: Truth = False
    if matter is not None:
        needs, simpler = _of_matter(matter, code, applies, _either(made, form), yes, found, options)
        requirements = [_Requirement(*need, papers, made) for need in needs]

    # The ladder.
    pending: Truth = False
    discretionary = conflict = _both(simpler, breach)
    for one in requirements:
        pending = _either(pending, _both(one.holds, _not(one.met)))
        discretionary = _either(discretionary, _both(one.holds, _not(one.clean)))
    possible: list[str] = []
    missing: frozenset[Missing] = frozenset()
    for name, truth in (
        ("not_applicable", _not(applies)),
        ("pending", pending),
        ("discretionary", discretionary),
        (
            "proceed",
            _CODE if matter is not None and code is None else matter is not None and code not in BY_DEPARTMENT,
        ),
        ("assessed", True),
    ):
        if truth is not False:
            possible.append(name)
            if truth is True:
                break
            missing |= truth
    answer = _answer(on, tuple(possible), missing)
    answer["requirements"] = _merged([one for one in requirements if one.holds is True])
    answer["papers"] = tuple(one.entry for one in papers or ())
    answer["measures"] = measures
    answer["options"] = tuple(sorted(options))
    answer["weights"] = tuple(sorted(weights))
    answer["duties"] = _sorted(duties)
    answer["violations"] = _sorted(violations)
    if conflict is True:
        answer["conflicts"] = (("subject", "simpler-approval-on-commitment", "liable-for-breach"),)
    answer["presumed"] = tuple(presumed)
    answer["taken"] = _sorted(taken)
    answer["untold"] = _sorted(found.untold)
    answer["rules"] = tuple(sorted(found.held))  # one rule has either one entry, or one for each paper
    return answer


def _sorted(entries: list[tuple[Any, ...]]) -> tuple[Any, ...]:
    return tuple(entries if len(entries) < 2 else sorted(entries, key=_as_text))


def _as_text(entry: tuple[Any, ...]) -> list[str]:
    return [str(part) for part in entry]


def _answer(on: dt.date, possible: tuple[str, ...], missing: frozenset[Missing]) -> dict[str, Any]:
    return {
        "on": on,
        "outcome": possible[0] if len(possible) == 1 else "undetermined",
        "possible": possible,
        "missing": _names(missing) if missing else (),
        "requirements": (), "papers": (), "measures": (), "options": (), "weights": (), "referrals": (),
        "duties": (), "violations": (), "conflicts": (), "presumed": (), "taken": (), "untold": (), "rules": (),
    }  # fmt: skip


def _violation(rule: str, by: str, about: str | None) -> tuple[Any, ...]:
    return (by, ACTS[rule], rule, CLAUSES[rule], None, about)


# duties


def _duty(who: str, what: str, rule: str, done: Truth, about: str | None) -> tuple[Any, ...]:
    """Give a duty without a day."""
    status = "met" if done is True else "owed" if done is False else "undetermined"
    return (who, what, status, None, rule, CLAUSES[rule], about, () if isinstance(done, bool) else _names(done))


_is_workday = cache(chinese_calendar.is_workday)  # which by itself looks through all holidays, every time


def _review_duty(on: dt.date, applied: dt.date, returned: Any) -> tuple[Any, ...]:
    """Give the review centre's duty to answer within five working days."""
    due: dt.date | None = applied
    unknown: frozenset[Missing] = frozenset()
    left = 5
    while left:
        assert due is not None
        due += dt.timedelta(days=1)
        try:
            left -= _is_workday(due)
        except NotImplementedError:  # a year whose holidays are not announced
            unknown, due = frozenset({(f"calendar.{due.year}", None, "state_council")}), None
            break
    if returned is None:
        status, unknown = "undetermined", unknown | _RETURNED
    elif due is None:
        status = "undetermined"
    elif returned != NOT_YET and returned <= on:
        status = "met" if returned <= due else "late"
    else:
        status = "open" if on <= due else "overdue"
    rule = "review-in-five-working-days"
    missing = _names(unknown) if status == "undetermined" else ()
    return ("review_centre", "return_review_result", status, due, rule, CLAUSES[rule], None, missing)


# papers


def _judge(
    document: Request,
    on: dt.date,
    applies: Truth,
    yes: Any,
    found: _Found,
    duties: list[tuple[Any, ...]],
    violations: list[tuple[Any, ...]],
    weights: list[tuple[Any, ...]],
) -> tuple[_Paper, Truth]:
    """Judge a paper; say besides whether it is a credit commitment in due form."""
    id_, kind = document["id"], document["kind"]
    issuer = document.get("issuer") or _NOTHING
    issued = _date(document.get("issued_on"))
    if issued is None and document.get("issued") is False:
        issued = NOT_YET
    until = _year_after(issued) if isinstance(issued, dt.date) else issued

    def unknown(fact: str, held_by: str) -> frozenset[Missing]:
        return frozenset({(fact, id_, held_by)})

    def plain(section: Request, fact: str, held_by: str) -> Truth:
        """Give a yes/no fact of which silence says nothing."""
        value = section.get(fact.partition(".")[2])
        return unknown(fact, held_by) if value is None else value

    changed = document.get("major_change_since_issue")
    if changed is None:
        changed = yes(document, "major_change_since_issue", unknown("document.major_change_since_issue", "subject"))
    updated = document.get("update_requested")
    if updated is None:
        updated = yes(document, "update_requested", unknown("document.update_requested", "review_centre"))
    inadmissible: Truth = False
    may_refuse: Truth = False
    in_form: Truth = False
    rules: list[str] = []

    def use(rule: str, holds: Truth) -> Truth:
        """Note a rule about the paper's use."""
        if found.rule(rule, holds, "", (), id_):
            rules.append(rule)
        return holds

    if kind == "credit_commitment":
        covers = document.get("commitment_covers")
        in_form = _both(
            plain(document, "document.in_writing", "subject"),
            unknown("document.commitment_covers", "subject") if covers is None else COVERED.issubset(covers),
        )
        inadmissible = use("commitment-form", _both(applies, _not(in_form)))
    elif kind == "credit_review_report":
        centre = plain(issuer, "issuer.city_credit_centre", "issuer")
        inadmissible = use("review-only-by-centre", _both(applies, _not(centre)))
        use("review-counts-from-issue", applies)
        use("review-counts-one-year", applies)
        within: Truth = unknown("document.issued_on", "issuer") if until is None else until == NOT_YET or on <= until
        amend = _both(applies, _both(within, changed))
        if found.rule("amend-review-after-major-change", amend, "duty", ("update_report",), id_):
            duties.append(_duty("subject", "update_report", "amend-review-after-major-change", updated, id_))
        may_refuse = use("review-not-amended", _both(amend, _not(updated)))
    elif kind in ("credit_report", "third_party_personal_report"):
        inadmissible, may_refuse = _judge_report(document, issuer, applies, use, plain, unknown, found, weights)
        for rule, fact, section in (
            ("report-off-standard", "document.meets_national_standard", document),
            ("report-not-independent", "issuer.independent", issuer),
        ):
            bad = _both(applies, _not(plain(section, fact, "credit_office" if section is document else "issuer")))
            if found.rule(rule, bad, "prohibit", (ACTS[rule],), id_):
                violations.append(_violation(rule, "issuer", id_))
            may_refuse = _either(may_refuse, use(f"{rule}-may-be-refused", bad))
    counted = kind in ("credit_review_report", "credit_report", "third_party_personal_report")
    not_yet: Truth = False
    if counted:
        not_yet = _both(applies, issued is not None and (issued == NOT_YET or on < issued))
        lapsed: Truth = unknown("document.issued_on", "issuer") if until is None else until != NOT_YET and on > until
        may_refuse = _either(may_refuse, _both(applies, lapsed))
    usable = _not(_either(inadmissible, not_yet))
    clean = _both(usable, _not(may_refuse))
    status = "admissible"
    for name, truth in (("inadmissible", inadmissible), ("not_yet", not_yet), ("may_refuse", may_refuse)):
        if truth is not False:
            status = name if truth is True else "undetermined"
            break
    missing: tuple[Missing, ...] = ()
    if status == "undetermined":
        sets = [one for one in (inadmissible, not_yet, may_refuse) if not isinstance(one, bool)]
        missing = _names(frozenset().union(*sets))
    shown = counted and applies is True and isinstance(issued, dt.date)
    rules.sort()
    clauses = tuple(sorted({clause for rule in rules for clause in CLAUSES[rule]}))
    days = (issued, until) if shown else (None, None)
    return _Paper(id_, kind, usable, clean, (id_, kind, status, *days, tuple(rules), clauses, missing)), in_form


def _judge_report(
    document: Request, issuer: Request, applies: Truth, use: Any, plain: Any, unknown: Any, found: _Found,
    weights: list[tuple[Any, ...]],
) -> tuple[Truth, Truth]:  # fmt: skip
    """Judge a credit report by its issuer's level and its contents; whether it is inadmissible, may be refused."""
    id_ = document["id"]

    def high(fact: str) -> Truth:
        level = issuer.get(fact.partition(".")[2])
        return unknown(fact, "issuer") if level is None else level in HIGH_ENOUGH

    filed, recognised = high("issuer.filing_level"), high("issuer.recognized_level")
    inadmissible = use("report-by-filed-agency", _both(applies, _not(_either(filed, recognised))))
    use("report-counts-from-issue", applies)
    use("report-counts-one-year", applies)
    contents = document.get("contents")
    whole: Truth = unknown("document.contents", "issuer") if contents is None else ALL_CONTENTS.issubset(contents)
    for rule, what, holds in (
        ("recognised-without-filing", "issuer.recognized_level", _both(recognised, _not(filed))),
        ("report-contents", "document.contents", _not(whole)),
    ):
        if found.rule(rule, _both(applies, holds), "weigh", (what,), id_):
            weights.append((what, "reference", rule, CLAUSES[rule], id_))
    return inadmissible, False


# what the matter needs


class _Requirement:
    """Papers or steps that a matter needs: whether they are there, and cleanly so."""

    __slots__ = ("clean", "from_", "holds", "met", "parts", "rule", "ways")

    def __init__(
        self, rule: str, holds: Truth, ways: tuple[str, ...], from_: str | None, papers: Any, made: Truth
    ) -> None:
        self.rule, self.holds, self.ways, self.from_ = rule, holds, ways, from_
        self.met: Truth = False
        self.clean: Truth = False
        parts = []
        for way in ways:
            met, clean, serving = _way(way, papers, made)
            self.met, self.clean = _either(self.met, met), _either(self.clean, clean)
            parts.append((way, _told(met), _told(clean), serving))
        self.parts = tuple(parts)


def _way(way: str, papers: Sequence[_Paper] | None, made: Truth) -> tuple[Truth, Truth, tuple[str, ...]]:
    if way == "make_commitment":
        return made, made, ()
    if papers is None:
        return _DOCUMENTS, _DOCUMENTS, ()
    met: Truth = False
    clean: Truth = False
    serving = []
    for paper in papers:
        if paper.kind == way or (way == "credit_report" and paper.kind == "third_party_personal_report"):
            met, clean = _either(met, paper.usable), _either(clean, paper.clean)
            if paper.usable is True:
                serving.append(paper.id)
    return met, clean, tuple(serving)


def _merged(held: list[_Requirement]) -> tuple[Any, ...]:
    """Give the entries of requirements; equal ones of several rules are one."""
    groups: dict[tuple[Any, ...], list[str]] = {}
    for one in held:
        key = (one.ways, one.from_, _told(one.met), _told(one.clean), one.parts)
        groups.setdefault(key, []).append(one.rule)
    return tuple(
        sorted(
            (
                (*key, min(rules), tuple(sorted(rules)[1:]), tuple(sorted({c for r in rules for c in CLAUSES[r]})))
                for key, rules in groups.items()
            ),
            key=_as_text,
        )
    )


_COMMITMENT = ("credit_commitment", "make_commitment")
_ANY_INSTRUMENT = ("credit_commitment", "credit_report", "credit_review_report", "make_commitment")
_EITHER_PAPER = ("credit_report", "credit_review_report")
_REVIEW = ("credit_review_report",)
_REPORT = ("credit_report",)
_APPROVALS = {"administrative_approval", "investment_project_approval", "it_system_approval"}
_FUNDS = {"fiscal_funding", "policy_loan"}
_AWARDS = {"enterprise_award_rating", "personal_award_title", "honorary_title"}
_CHECKED = {*_APPROVALS, "market_access", "routine_supervision", "random_inspection"}
_QUALIFIED = {
    *_APPROVALS, "performance_evaluation", "qualification_review", "personal_qualification", "filing_management",
}  # fmt: skip
_REVIEWED = {*_FUNDS, *_AWARDS, *_CHECKED, *_QUALIFIED, "major_decision"}
_LOANS = {"bank_loan_approval", "consumer_credit"}
_PUBLIC_MONEY = {"public_resource_allocation", "government_borrowing"}
_TENDERS = {"government_procurement", "construction_bidding", "goods_bidding", "land_use_right_transfer"}

Need: TypeAlias = tuple[str, Truth, tuple[str, ...], str | None]


def _of_matter(
    matter: Request, code: str | None, applies: Truth, committed: Truth, yes: Any, found: _Found, options: list[Any]
) -> tuple[list[Need], Truth]:
    """Give the binding requirements, and whether a simpler procedure may be given; add to the options."""

    def among(codes: set[str] | frozenset[str]) -> Truth:
        return _CODE if code is None else code in codes

    needs: list[Need] = []

    def need(rule: str, holds: Truth, ways: tuple[str, ...], from_: str | None = None) -> None:
        if holds is not False:
            found.rule(rule, holds, "require", ways)
            needs.append((rule, holds, ways, from_))

    def option(rule: str, holds: Truth, ways: tuple[str, ...], effect: str = "require") -> None:
        if found.rule(rule, holds, effect, ways):
            choice = ways if len(ways) > 1 else ()
            options.extend((way, effect, "department", "subject", rule, CLAUSES[rule], choice) for way in ways)

    administrative = _both(applies, _not(among(NOT_ADMINISTRATIVE)))
    field = matter.get("field")
    in_key_field: Truth = _FIELD if field is None else not KEY_FIELDS.isdisjoint(field)
    key_field = _either(in_key_field, among({"government_procurement"}))
    department = matter.get("department")
    pilot: Truth = _DEPARTMENT if department is None else department in PILOTS
    tender = _both(among({"government_procurement"}), yes(matter, "procurement_open_tender", _TENDER))
    works = _both(among({"construction_bidding", "goods_bidding"}), yes(matter, "project_state_funded", _FUNDED))
    covered = _either(_either(tender, works), among({"land_use_right_transfer"}))

    option("commitment-in-any-matter", administrative, _COMMITMENT)
    need("one-instrument-in-key-fields", _both(administrative, key_field), _ANY_INSTRUMENT)
    simpler = _both(_both(applies, among(_APPROVALS)), committed)
    option("simpler-approval-on-commitment", simpler, ("simplified_procedure",), "measure")
    need("review-or-report-for-funds", _both(applies, among(_FUNDS)), _EITHER_PAPER)
    need("review-or-report-for-awards", _both(applies, among(_AWARDS)), _EITHER_PAPER)
    reviewing = _both(applies, pilot)
    need("review-for-approval", _both(reviewing, among(_CHECKED)), _REVIEW, "review_centre")
    need("review-for-qualification", _both(reviewing, among(_QUALIFIED)), _REVIEW, "review_centre")
    need("review-for-major-decision", _both(reviewing, among({"major_decision"})), _REVIEW, "review_centre")
    option("others-may-review", _both(_both(applies, _not(pilot)), among(_REVIEWED)), _REVIEW)
    option("review-elsewhere", _both(administrative, _not(among(_REVIEWED))), _REVIEW)
    need("report-for-public-money", _both(applies, among(_PUBLIC_MONEY)), _REPORT)
    need("report-in-tenders", _both(_both(applies, among(_TENDERS)), covered), _REPORT)
    need("report-for-state-property", _both(applies, among({"state_asset_transfer"})), _REPORT)
    option("report-elsewhere", _both(administrative, _not(_either(among(REPORT_LISTED), covered))), _REPORT)
    by_bank = _both(applies, among(_LOANS))
    if code is None or code in _LOANS:
        by_bank = _both(by_bank, yes(matter, "handled_by_bank", _BANK))
        large = _both(by_bank, yes(matter, "loan_over_threshold", _LARGE))
        need("bank-uses-pboc-data", by_bank, ("pboc_credit_data",))
        need("bank-double-report", large, _EITHER_PAPER)
    return needs, simpler

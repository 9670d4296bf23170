"""Requests as handed in, decided the fast way where that is plain, with the rest of the decision made when asked for.

Whatever is not plainly right goes to the request reader and the evaluator, which say what is wrong.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from functools import partial
from typing import Any, cast

from creditrules.answered import Decision, Draft, Later, answered
from creditrules.drivers.python.engine import Engine, HandedIn
from creditrules.drivers.python.entries import held_rules, measures, options
from creditrules.drivers.python.ladder import Answer
from creditrules.drivers.python.tables import Elsewhere, Table, plain_day
from creditrules.facts import is_model
from creditrules.program import Program
from creditrules.request_reader import read_fact
from creditrules.trace import explanation
from creditrules.vocabulary import Vocabulary

HEADINGS = ("subject", "matter", "procedure", "record", "system", "department")
LONGEST = 1 << 16  # characters of a request's text
MOST_MET = 1 << 9  # decisions kept for one matter
_OF_LANES = frozenset(("on", "policy", "subject", "matter"))
_OWN = ("request", "trace")
_SHARED = tuple(one.name for one in fields(Decision) if one.name not in (*_OWN, "later"))
_DIRECT: Mapping[str, Callable[[Answer], object]] = {
    "on": lambda answer: answer.on,
    "possible": lambda answer: answer.possible,
    "rules": held_rules,
    "measures": measures,
    "options": options,
}
_days: Table = Table(cast(Callable[[object], int], plain_day))
Whole = Callable[[Mapping[str, object]], Decision]


def _part(decision: Decision, name: str, later: Later) -> object:
    """Make a part of a decision of which only the answer is known."""
    if name == "explanation":
        return explanation(decision.trace.rules)
    unread: Unread = later[1]
    return unread.part(name)


def engine_of(program: Program, vocabulary: Vocabulary, whole: Whole) -> Engine:
    """Make the fast driver of a program; `whole` decides a request by the evaluator."""

    def part_of_lane(decision: Decision, name: str, later: Later) -> object:
        """Make a part of a decision that came down a lane."""
        _, lane, left, on, values, copies = later
        if name == "explanation":
            return lane.explain(values, copies, left)
        sections = lane.sections(values, copies)
        answer = engine.answer(sections, None, on, frozenset())
        if answer is None:
            return getattr(whole({"on": on, **sections}), name)
        unread = Unread(answer, {"on": on, **sections}, None, whole)
        if name != "trace":  # the explanation stays the lane's
            object.__setattr__(decision, "later", (_part, unread))
        return unread.part(name)

    finish = {"draft": Draft, "kind": Decision, "part": part_of_lane}
    engine = Engine(program, partial(read_fact, vocabulary), finish)
    return engine


class Unread:
    """The parts of a decision nobody has looked at: some follow from the answer, the others from the evaluator."""

    __slots__ = ("_decision", "_met", "answer", "papers", "request", "whole")

    def __init__(
        self, answer: Answer, request: Mapping[str, object], papers: Sequence[HandedIn] | None, whole: Whole
    ) -> None:
        self.answer, self.request, self.papers, self.whole = answer, request, papers, whole
        self._decision: Decision | None = None
        self._met: Mapping[str, object] | None = None

    def part(self, name: str) -> object:
        """Make one part."""
        if name in _DIRECT:
            return _DIRECT[name](self.answer)
        if name == "missing" and len(self.answer.possible) == 1:
            return ()
        if name in _OWN:
            return getattr(self._decided(), name)
        if self._met is None:
            self._met = self._parts()
        return self._met[name]

    def _parts(self) -> Mapping[str, object]:
        """Give the parts that requests share which no test tells apart."""
        met, key = self.answer.driver.met, self.answer.key
        found = met.get(key)
        if found is None:
            decision = self._decided()
            if len(met) >= MOST_MET:
                met.clear()
            found = met[key] = {name: getattr(decision, name) for name in _SHARED}
        return found

    def _decided(self) -> Decision:
        if self._decision is None:
            papers = None if self.papers is None else [_whole_paper(one) for one in self.papers]
            self._decision = self.whole({**self.request, "documents": papers})
        return self._decision


def decided_models(engine: Engine, look_at: str, subject: object, matter: object, on: object) -> Decision | None:
    """Decide a subject in a matter given as models; `None` where they are anything else, or somebody else has to."""
    try:
        found: Decision | None = engine.down_a_lane(look_at, said_in(subject), said_in(matter), on)
    except Elsewhere:
        return None
    return found


def decided(engine: Engine, whole: Whole, request: Mapping[str, Any]) -> Decision | None:
    """Decide a request given as a mapping with the keys of a request; `None` where the evaluator has to."""
    try:
        if request.keys() <= _OF_LANES and request.get("policy") in (None, engine.program.policy):
            subject, matter = said_in(request["subject"]), said_in(request["matter"])
            found: Decision | None = engine.down_a_lane("all", subject, matter, request["on"])
            if found is not None:
                return found
    except (Elsewhere, KeyError):
        pass
    try:
        on = _days[request["on"]]
        kept: dict[str, Any] = {}
        sections: dict[str, dict[str, Any]] = {}
        papers: list[HandedIn] | None = None
        consulted: frozenset[str] = frozenset()
        for key, value in request.items():
            if key == "documents":
                if value is not None:
                    papers = [_copied_paper(one) for one in _listed(value)]
            elif key == "consulted":
                consulted = _consulted(engine, value)
                kept[key] = sorted(consulted)
            elif key == "policy":
                if value != engine.program.policy:
                    return None
            elif key == "on":
                kept[key] = on
            elif key in HEADINGS:
                if value is not None:
                    kept[key] = sections[key] = _copied(value)
            else:
                return None
        answer = engine.answer(sections, papers, cast(dt.date, on), consulted)
    except (Elsewhere, KeyError, TypeError):
        return None
    if answer is None:
        return None
    possible = answer.possible
    unread = Unread(answer, kept, papers, whole)
    return answered(possible[0] if len(possible) == 1 else "undetermined", (_part, unread))


def decided_text(engine: Engine, whole: Whole, text: str) -> Decision | None:
    """Decide a request given as JSON; `None` where the text is anything else, or not plainly right."""
    if len(text) > LONGEST or not text.lstrip().startswith("{"):
        return None
    try:
        request = _reads.decode(text)
    except (ValueError, RecursionError, Elsewhere):
        return None
    return decided(engine, whole, request)


def _no_key_twice(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise Elsewhere
    return found


_reads = json.JSONDecoder(object_pairs_hook=_no_key_twice)


def _listed(value: Any) -> Sequence[Any]:
    if value.__class__ is list or value.__class__ is tuple:
        return cast(Sequence[Any], value)
    raise Elsewhere


def said_in(section: Any) -> dict[str, Any]:
    """Give a section as a dict: as it is, or what was said in a model; raises `Elsewhere` for anything else."""
    if section.__class__ is dict:
        return cast(dict[str, Any], section)
    if not is_model(section):
        raise Elsewhere
    told = section.model_fields_set
    said = {key: value for key, value in section.__dict__.items() if value is not None or key in told}
    return said if section.__pydantic_extra__ is None else {**said, **section.__pydantic_extra__}


def _copied(section: Any) -> dict[str, Any]:
    """Copy a section, lists in it too, so that nothing the caller does later changes a decision."""
    given = said_in(section)
    copied = given.copy()
    for key, value in given.items():
        if value.__class__ is list:
            copied[key] = tuple(value)
    return copied


def _copied_paper(paper: Any) -> HandedIn:
    copied = _copied(paper)
    issuer = _copied(copied.pop("issuer")) if "issuer" in copied else {}
    id_ = copied.pop("id") if "id" in copied else f"{copied['kind']}-1"
    if id_.__class__ is not str or not id_.strip() or "kind" not in copied:
        raise Elsewhere
    return id_, copied, issuer


def _whole_paper(paper: HandedIn) -> dict[str, object]:
    id_, facts, issuer = paper
    return {**facts, "id": id_, "issuer": issuer}


def _consulted(engine: Engine, value: Any) -> frozenset[str]:
    found = frozenset((value,) if value.__class__ is str else _listed(value))
    if not found <= engine.program.sources:
        raise Elsewhere
    return found

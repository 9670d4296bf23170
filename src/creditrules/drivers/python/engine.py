"""Deciding fast: from a request as handed in to the possible outcomes and the rules that hold, by bits.

`Engine.answer` gives `None` for any request that is not plainly right or ordinary: the evaluator then reads it whole,
with findings. An answer given is the evaluator's answer.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from itertools import pairwise
from typing import Any, TypeAlias

from creditrules.program import Program, Value
from creditrules.request_reader import IDENTITY

from .bits import TooWideError
from .ladder import Answer, PaperMasks, walk
from .lanes import Finish, LaneFunction, make_lane
from .layout import Layout, Place, Section
from .matter import MatterDriver
from .readings import nowhere
from .tables import Elsewhere, Table, plain_day

_SHAPES_KEPT = 1 << 14
_DRIVERS_KEPT = 1 << 12
NO_LANE = Elsewhere, KeyError, TypeError  # what stops a request that is unusual, or wrong
HandedIn: TypeAlias = tuple[str, Section, Section]  # a paper's id, its facts, its issuer's


class Engine:
    """One program, ready to answer requests; it learns tables and shapes as requests come, and nothing else."""

    def __init__(self, program: Program, read_value: Callable[[str, object], Value | None], finish: Finish) -> None:
        self.program, self.read_value = program, read_value
        self.first, self.last = program.start, program.until or dt.date.max
        self.finish = dict(finish)
        self.days: Mapping[Any, dt.date] = Table(self._in_force)
        self.finish["days"] = self.days
        self.lanes: Mapping[str, dict[object, LaneFunction]] = {"all": {}, "read": {}}  # by matter, the one used last
        self._shapes: dict[tuple[str, tuple[str, ...] | None], LaneFunction] = {}
        self._drivers: dict[tuple[str | None, frozenset[str]], MatterDriver | None] = {}

    def driver(self, matter: str | None, consulted: frozenset[str]) -> MatterDriver | None:
        """Give the driver of a matter (`None`: no matter), or `None` where conditions are too wide for bits."""
        key = matter, consulted
        if key not in self._drivers:
            if len(self._drivers) >= _DRIVERS_KEPT:
                self._drivers.clear()
            try:
                self._drivers[key] = MatterDriver(self.program, matter, consulted, self.read_value)
            except TooWideError:
                self._drivers[key] = None
        return self._drivers[key]

    def down_a_lane(self, look_at: str, subject: Any, matter: Any, on: Any) -> Any:
        """Decide a subject in a matter, no papers told of, by the function for its shape; `None` where none would."""
        try:
            return self.lanes[look_at][matter["code"]](subject, matter, on)
        except NO_LANE:
            return self.down_another(look_at, subject, matter, on)

    def down_another(self, look_at: str, subject: Any, matter: Any, on: Any) -> Any:
        """Decide a subject that the matter's present lane does not fit.

        `look_at` says whether `all` facts are looked at, or those that are `read`.
        """
        if subject.__class__ is not dict or matter.__class__ is not dict or look_at not in tuple(self.lanes):
            return None
        code = matter.get("code")
        if code.__class__ is not str or code not in self.program.matters:
            return None
        keys = tuple(subject) if look_at == "all" else None
        shapes, lanes = self._shapes, self.lanes[look_at]
        lane = shapes.get((code, keys))
        if lane is None:
            if keys is not None and not _known(self.program, "subject", keys):
                return None  # whatever callers make up is not learned
            if len(shapes) >= _SHAPES_KEPT:
                shapes.clear()
            driver = self.driver(code, frozenset())
            lane = shapes[code, keys] = (driver and make_lane(driver, keys, self.finish)) or nowhere
        elif lanes.get(code) is lane:
            return None  # it was tried
        try:
            found = lane(subject, matter, on)
        except NO_LANE:
            return None
        lanes[code] = lane  # until subjects of another shape come
        return found

    def _in_force(self, raw: object) -> dt.date:
        day = plain_day(raw)
        if not isinstance(day, dt.date) or not self.first <= day <= self.last:
            raise Elsewhere
        return day

    def answer(
        self,
        sections: Mapping[str, Section],
        papers: Sequence[HandedIn] | None,
        on: dt.date,
        consulted: frozenset[str],
    ) -> Answer | None:
        """Answer a request: its sections by heading (`subject`, `matter`, ...), its papers, its day."""
        program = self.program
        code = None
        if "matter" in sections:
            code = sections["matter"].get("code")
            if code.__class__ is not str or code not in program.matters:
                return None
        driver = self.driver(code, consulted)
        if driver is None:
            return None
        try:
            answer = _answer(driver, sections, papers, on)
        except NO_LANE:
            return None
        if on < program.start or (program.until is not None and on > program.until):
            answer.possible, answer.sure, answer.open = ("not_applicable",), 0, 0
            answer.papers = tuple(PaperMasks(paper.id, 0, 0) for paper in answer.papers)
        return answer


def _answer(
    driver: MatterDriver, sections: Mapping[str, Section], papers: Sequence[HandedIn] | None, on: dt.date
) -> Answer:
    whole = tuple(sections.values())
    key = tuple([(name, *section) for name, section in sections.items()])
    layout = driver.layouts.get(key)
    if layout is None:
        layout = _layout(driver, sections)
        if len(driver.layouts) >= _SHAPES_KEPT:
            driver.layouts.clear()
        driver.layouts[key] = layout
    sure, open_ = layout.read(whole, whole, on)
    seen = _papers(layout, whole, papers, sure, open_, on) if papers else ()
    for test in driver.bits.papers:
        held = any(paper.sure & test.own for paper in seen)
        if held:
            lost_sure = lost_open = test.false
        elif papers is None or any(paper.open & test.own for paper in seen):
            lost_sure, lost_open = test.true | test.false, 0
        else:
            lost_sure = lost_open = test.true
        sure &= ~lost_sure
        open_ &= ~lost_open
        seen = tuple([PaperMasks(paper.id, paper.sure & ~lost_sure, paper.open & ~lost_open) for paper in seen])
    possible = walk(driver, sure, open_, seen, papers is None)
    return Answer(driver, on, possible, sure, open_, seen, partial(_told, layout, whole, papers, on))


def _told(
    layout: Layout, whole: tuple[Section, ...], papers: Sequence[HandedIn] | None, on: dt.date
) -> tuple[object, ...]:
    told: list[object] = [papers is None, *layout.told(whole, on)]
    for id_, document, issuer in papers or ():
        inner = layout.papers.get((*document, "|", *issuer)) or _paper_layout(layout, document, issuer, len(whole))
        told += [id_, document["kind"], *inner.told((*whole, document, issuer), on)]
    return tuple(told)


def _known(program: Program, heading: str, keys: Iterable[str]) -> bool:
    """Say whether all of these may stand under a heading: facts, and names and numbers of people and bodies."""
    return all(f"{heading}.{key}" in program.facts or key in IDENTITY.get(heading, ()) for key in keys)


def _layout(driver: MatterDriver, sections: Mapping[str, Section]) -> Layout:
    if not all(_known(driver.program, heading, section) for heading, section in sections.items()):
        raise Elsewhere
    names = tuple(tuple(f"{heading}.{key}" for key in section) for heading, section in sections.items())
    places: dict[str, Place] = {}
    for at, (heading, section) in enumerate(sections.items()):
        places |= {f"{heading}.{key}": (at, key) for key in section}
    return Layout(driver, names, places, of_paper=False)


def _papers(
    outer: Layout, whole: tuple[Section, ...], papers: Sequence[HandedIn], sure: int, open_: int, on: dt.date
) -> tuple[PaperMasks, ...]:
    found = []
    for id_, document, issuer in papers:
        key = (*document, "|", *issuer)
        layout = outer.papers.get(key)
        if layout is None:
            layout = _paper_layout(outer, document, issuer, len(whole))
            if len(outer.papers) >= _SHAPES_KEPT:
                outer.papers.clear()
            outer.papers[key] = layout
        masks = layout.read((document, issuer), (*whole, document, issuer), on)
        found.append(PaperMasks(id_, sure & masks[0], open_ & masks[1]))
    if len(found) > 1:
        found.sort()
        if any(one.id == other.id for one, other in pairwise(found)):
            raise Elsewhere
    return tuple(found)


def _paper_layout(outer: Layout, document: Section, issuer: Section, at: int) -> Layout:
    program = outer.driver.program
    if not (_known(program, "document", document) and _known(program, "issuer", issuer)):
        raise Elsewhere
    facts = tuple(f"document.{key}" for key in document)
    about = tuple(f"issuer.{key}" for key in issuer)
    places = dict(outer.places)
    places |= {name: (at, name.partition(".")[2]) for name in facts}
    places |= {name: (at + 1, name.partition(".")[2]) for name in about}
    return Layout(outer.driver, (facts, about), places, of_paper=True)

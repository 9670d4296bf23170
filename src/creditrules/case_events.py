"""What an event does to a request: which facts it tells, and whether they fit what was told before."""

from __future__ import annotations

import copy
import datetime as dt
import json
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from creditrules.canonical import canonical_json, json_value
from creditrules.diagnostics import Findings, advice
from creditrules.errors import RequestError
from creditrules.facts import Request
from creditrules.program import NOT_YET, FactInfo, Program, Value

Told: TypeAlias = tuple[str | None, str]  # a paper or none, and a fact


def with_told(
    programs: tuple[Program, ...], request: Request, facts: Mapping[str, object], correct: bool
) -> dict[str, Any]:
    """Give the request with facts told, as a mapping; what it held of their twins and was overtaken is left out."""
    whole: dict[str, Any] = json.loads(request.text)
    for key, value in facts.items():
        if key == "documents" and isinstance(value, list | tuple):
            whole[key] = _papers(whole.get(key) or [], value)
        elif key == "consulted" and isinstance(value, str | list | tuple):
            named = [value] if isinstance(value, str) else value
            whole[key] = [*whole.get(key, []), *(one for one in named if one not in whole.get(key, []))]
        else:
            whole[key] = _merged(whole.get(key), _short(key, value))
    known = {name: fact for program in programs for name, fact in program.facts.items()}
    told = dict(_told(facts))
    for (paper, name), value in told.items():
        fact = known.get(name)
        if fact is None or fact.twin is None or (paper, fact.twin) in told:
            continue
        section = _section(whole, paper, fact.twin)
        twin = fact.twin.partition(".")[2]
        if section is not None and twin in section and (correct or _overtakes(fact, value, section[twin])):
            del section[twin]
    return whole


def _merged(under: object, over: object) -> Any:
    if isinstance(under, dict) and isinstance(over, Mapping):
        return {**under, **{str(key): _merged(under.get(key), value) for key, value in over.items()}}
    return copy.deepcopy(over)


def _papers(before: list[Any], told: list[Any] | tuple[Any, ...]) -> list[Any]:
    """Lay what was told of papers over those there are, by their ids; others are handed in now."""
    papers = list(before)
    places = {paper["id"]: place for place, paper in enumerate(papers)}
    for one in told:
        place = places.pop(one["id"], None) if isinstance(one, Mapping) and _is_key(one.get("id")) else None
        if place is None:
            papers.append(copy.deepcopy(one))
        else:
            papers[place] = _merged(papers[place], _short("document", one))
    return papers


def _short(section: str, told: object) -> object:
    """Give what was told with its facts named as under their heading: `dishonest` for `subject.dishonest`."""
    if not isinstance(told, Mapping):
        return told
    short = {str(name).removeprefix(f"{section}."): value for name, value in told.items()}
    if isinstance(short.get("issuer"), Mapping):
        short["issuer"] = _short("issuer", short["issuer"])
    return short if len(short) == len(told) else told  # told twice: that is for the reader to say


def _is_key(id_: object) -> bool:
    return isinstance(id_, str)


def _told(facts: Mapping[str, object]) -> Iterator[tuple[Told, object]]:
    """Give every fact that an event tells, by its full name, with its paper."""
    for key, value in facts.items():
        if key == "documents":
            for paper in value if isinstance(value, list | tuple) else ():
                if isinstance(paper, Mapping) and _is_key(paper.get("id")):
                    yield from _of_paper(paper)
        elif isinstance(value, Mapping):
            for name, inner in value.items():
                yield (None, _full(key, name)), inner


def _of_paper(paper: Mapping[str, object]) -> Iterator[tuple[Told, object]]:
    id_ = str(paper["id"])
    issuer = paper.get("issuer")
    for name, value in paper.items():
        if name not in ("id", "issuer"):
            yield (id_, _full("document", name)), value
    for name, value in issuer.items() if isinstance(issuer, Mapping) else ():
        yield (id_, _full("issuer", name)), value


def _full(section: str, name: str) -> str:
    return name if "." in str(name) else f"{section}.{name}"


def _section(whole: dict[str, Any], paper: str | None, name: str) -> dict[str, Any] | None:
    """Give the part of a request where a fact stands."""
    scope = name.partition(".")[0]
    holder: Any = whole.get(scope)
    if paper is not None:
        found = next((one for one in whole["documents"] if isinstance(one, dict) and one.get("id") == paper), None)
        holder = found.get("issuer") if found is not None and scope == "issuer" else found
    return holder if isinstance(holder, dict) else None


def _overtakes(fact: FactInfo, value: object, twin: object) -> bool:
    """Say whether a fact told overtakes its twin: a day the *no*, a *yes* the *not yet*."""
    if fact.type == "date":
        return twin is False and value not in (None, NOT_YET.value)
    return twin == NOT_YET.value and value in (True, "true")


def fitting(
    programs: tuple[Program, ...],
    before: Request,
    after: Request,
    facts: Mapping[str, object],
    since: Mapping[Told, dt.date],
) -> None:
    """Refuse what was told otherwise than before, or came before the day on which it was told as not having come."""
    findings = Findings()
    old, new, told = _values(before), _values(after), dict(_told(facts))
    twins = {name: fact.twin for program in programs for name, fact in program.facts.items() if fact.twin}
    for key, value in sorted(old.items(), key=lambda one: (one[0][0] or "", one[0][1])):
        now = new.get(key)
        if now == value:
            continue
        spot = key[1] if key[0] is None else f"{key[0]}: {key[1]}"
        if now is None and (key[0], twins.get(key[1], "")) in told and key not in told:
            continue  # overtaken by its twin, which is looked at by itself
        if not _follows(value, now):
            findings.report(
                "CR523", None, advice("correct-it"), spot=spot, fact=key[1], before=_said(value), after=_said(now)
            )
        _not_too_early(findings, key, now, since.get(key), spot)
    for paper, name in told:
        overtaken = (paper, twins.get(name, ""))
        if overtaken in old and overtaken not in new:
            _not_too_early(findings, (paper, name), new.get((paper, name)), since.get(overtaken), name)
    gone = {"matter": before.matter == "given" and after.matter == "none"}
    gone["documents"] = before.papers is not None and after.papers is None
    gone["consulted"] = not before.consulted <= after.consulted
    for section in (one for one, is_gone in gone.items() if is_gone):
        findings.report("CR523", None, advice("correct-it"), spot=section, fact=section, before="…", after="null")
    for (paper, name), text in before.identity.items():
        if after.identity.get((paper, name)) != text:
            findings.report(
                "CR523", None, advice("correct-it"), spot=paper or "subject", fact=name, before="***", after="***"
            )
    if findings:
        raise RequestError(tuple(findings.found))


def _not_too_early(findings: Findings, key: Told, value: Value | None, since: dt.date | None, spot: str) -> None:
    if since is not None and isinstance(value, dt.date) and value < since:
        findings.report("CR524", None, advice("correct-it"), spot=spot, fact=key[1], told=since, day=value)


def _follows(before: Value, after: Value | None) -> bool:
    """Say whether one value may come after another by itself: yes after no, a day after not yet, a longer list."""
    if before is False or before is NOT_YET:
        return after is True if before is False else isinstance(after, dt.date)
    return isinstance(before, tuple) and isinstance(after, tuple) and set(before) <= set(after)


def no_since(request: Request, told: Mapping[str, object], before: Mapping[Told, dt.date]) -> dict[Told, dt.date]:
    """Give the day on which each *no* and *not yet* of a request was last told."""
    again = dict(_told(told))
    return {
        key: request.on if key in again else before.get(key, request.on)
        for key, value in _values(request).items()
        if value is False or value is NOT_YET
    }


def _values(request: Request) -> dict[Told, Value]:
    found: dict[Told, Value] = {(None, name): value for name, value in request.values.items()}
    for paper in request.papers or ():
        found |= {(paper.id, name): value for name, value in paper.values.items()}
    return found


def _said(value: Value | None) -> str:
    return canonical_json(json_value(value)).strip('"') if value is not None else "null"

"""Every way a policy can be run, and what compares them on policies and requests made at random.

To add an engine, add one entry to `ENGINES`: its name, a driver, and the packages it needs.
"""

from __future__ import annotations

import datetime as dt
import importlib.util
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml
from hypothesis import HealthCheck, Phase, given
from hypothesis import seed as seeded
from hypothesis import settings as Settings  # noqa: N812 - beside the keyword of that name
from hypothesis import strategies as st

from creditrules.front import Policy
from creditrules.testing.laws.drivers import DRIVERS, disagreement
from creditrules.testing.laws.law import Bench, Broken, Driver, Request, broken_text
from creditrules.testing.laws.smaller import smallest
from creditrules.testing.made_policies import MadePolicy, as_text, made, policies
from creditrules.testing.second import second_reading
from creditrules.testing.strategies import from_policy

REQUESTS_EACH, TOLD_EACH = 5, 3  # requests of every sort, and such as tell all that the fastest ways need


@dataclass(frozen=True, slots=True)
class Engine:
    """A way to run a policy: `driver` gives for a policy what answers a request, `needs` names the packages."""

    name: str
    driver: Callable[[Policy], Driver]
    needs: tuple[str, ...] = ()

    @property
    def lacking(self) -> str | None:
        """Say what is not installed, in a word to show; `None` where nothing is."""
        lacking = [name for name in self.needs if importlib.util.find_spec(name) is None]
        return f"引擎不可用 engine unavailable: {self.name} needs {', '.join(lacking)}" if lacking else None


def _front(policy: Policy) -> Driver:
    return lambda request: policy.decide(**dict(request))  # type: ignore[arg-type]  # the keys of a request


def _second(policy: Policy) -> Driver:
    return lambda request: second_reading(policy, request)


def _rete(policy: Policy) -> Driver:
    from creditrules.drivers.rete import derived, following, shared_engine

    def answer(request: Mapping[str, object]) -> dict[str, object]:
        theirs = derived(shared_engine(), (policy.program,), policy.decide_request(request).request)
        held = [rule if paper is None else f"{rule}@{paper}" for rule, paper in theirs.rules()]
        entries = sorted({str(one) for one in following(theirs)})
        return {
            "outcome": theirs.outcome,
            "possible": list(theirs.possible()),
            "held": sorted(held),
            "entries": entries,
        }

    return answer


def _tables(policy: Policy) -> Driver:
    from creditrules.testing.typed_table import table_of

    def table(request: Mapping[str, object]) -> object:
        return table_of([{key: value for key, value in request.items() if key != "consulted"}], policy)

    return lambda request: _of_table(policy, table(request), _consulted(request))


def _tables_of_text(policy: Policy) -> Driver:
    import pyarrow as pa

    def table(request: Mapping[str, object]) -> object:
        return pa.table({name: [value] for name, value in _row(request).items()})

    return lambda request: _of_table(policy, table(request), _consulted(request))


def _of_table(policy: Policy, table: object, consulted: list[str]) -> dict[str, object]:
    asked = ["outcome", "possible", "rules", "measures", "options", "missing"]
    (row,) = policy.decide_table(table, consulted=consulted, columns=asked).table.to_pylist()
    about = [(one["document"], one["fact"]) for one in row["missing"]]
    return {
        "outcome": row["outcome"],
        "possible": row["possible"],
        "rule_names": row["rules"],
        "measure_codes": row["measures"],
        "option_codes": row["options"],
        "missing_names": sorted(f"{paper}/{fact}" if paper is not None else fact for paper, fact in about),
    }


def _sql(policy: Policy) -> Driver:
    from creditrules.testing.sql_engine import SqlEngine

    engine = SqlEngine(policy.program)
    return lambda request: engine.answer(policy.decide_request(request).request)


def _consulted(request: Mapping[str, object]) -> list[str]:
    given = request.get("consulted") or []
    return [given] if isinstance(given, str) else list(given)  # type: ignore[call-overload]  # a list, then


def _row(request: Mapping[str, object]) -> dict[str, object]:
    """Give a request as the row of a table: facts by their full names, lists and papers as JSON."""
    row: dict[str, object] = {"matter": request.get("matter") is not None}
    for heading, section in request.items():
        if heading == "documents" and section is not None:
            row[heading] = json.dumps(section, ensure_ascii=False, default=str)
        elif heading == "on":
            row[heading] = str(section)
        elif isinstance(section, Mapping):
            for key, value in section.items():
                cell = json.dumps(value, ensure_ascii=False, default=str) if isinstance(value, list) else value
                row[f"{heading}.{key}"] = str(cell) if isinstance(cell, dt.date) else cell
    return row


ENGINES: tuple[Engine, ...] = (
    Engine("policy.decide", _front),
    Engine("second reading", _second),
    Engine("rete", _rete, ("durable",)),
    Engine("tables", _tables, ("duckdb", "pyarrow", "numpy")),
    Engine("tables of text", _tables_of_text, ("duckdb", "pyarrow", "numpy")),
    Engine("sql", _sql, ("sqlglot", "duckdb", "pyarrow")),
)


class EnginesDifferError(AssertionError):
    """Two engines give different answers; the text has the smallest policy and request found, and both answers."""


def check_engines(
    engines: Mapping[str, Callable[[Policy], Driver]] | None = None,
    *,
    examples: int | None = None,
    rules: int = 6,
    seed: int | None = None,
) -> Counter[str]:
    """Compare engines with the reference evaluator on policies made at random, with `REQUESTS_EACH` requests each,
    and `TOLD_EACH` that tell all of a subject and a matter; every other policy is a simple one.

    Gives counts: policies, requests, and requests by outcome. `engines` are those of `ENGINES` that can be run,
    if not given. Raises `EnginesDifferError`.
    """
    drivers = dict(engines) if engines is not None else {one.name: one.driver for one in ENGINES if not one.lacking}
    counts: Counter[str] = Counter()
    found: list[tuple[MadePolicy, Broken]] = []

    def compare(data: st.DataObject) -> None:
        one = data.draw(policies(rules=rules, simple=data.draw(st.booleans())))
        counts["policies"] += 1
        bench = _bench(one, drivers)
        any_, told = from_policy(one.policy), _told(one.policy)
        for wishes in (*[any_] * REQUESTS_EACH, *[told] * TOLD_EACH):
            request = data.draw(wishes)
            counts["requests"] += 1
            broken = _first_difference(bench, request)
            if broken is not None:
                found.append((one, broken))
                raise EnginesDifferError
            counts[one.policy.decide_request(request).outcome] += 1

    run = Settings(
        max_examples=examples or Settings().max_examples,
        deadline=None,
        database=None,
        phases=(Phase.generate,),
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )(given(st.data())(compare))
    if seed is not None:
        run = seeded(seed)(run)
    try:
        run()
    except Exception:
        if not found:
            raise
    if found:
        policy, broken = _smallest(*found[0], drivers)
        raise EnginesDifferError(
            f"{broken_text(DRIVERS, broken, 'made')}\n# vocabulary.yaml\n{policy.vocabulary}\n"
            f"# made.yaml\n{policy.text}"
        )
    return counts


def _told(policy: Policy) -> st.SearchStrategy[dict[str, Any]]:
    """Give requests in which all is told of the subject and the matter, and of papers nothing, or that there are
    none: the fastest ways are for them alone."""
    kept = ("on", "subject", "matter")
    matter = {"matter.code": st.sampled_from(sorted(policy.program.matters))}
    whole = from_policy(policy, facts=matter, unknown=0, papers=(0, 0))

    def cut(drawn: tuple[dict[str, Any], bool]) -> dict[str, Any]:
        request, none = drawn
        told = {key: request[key] for key in kept if key in request}
        return {**told, "documents": []} if none else told

    return st.tuples(whole, st.booleans()).map(cut)


def _bench(one: MadePolicy, drivers: Mapping[str, Callable[[Policy], Driver]]) -> Bench:
    return Bench(one.policy, one.policy.decide_request, {name: make(one.policy) for name, make in drivers.items()})


def _first_difference(bench: Bench, request: Request) -> Broken | None:
    return next((found for name in bench.drivers if (found := disagreement(bench, request, name)) is not None), None)


def _smallest(
    policy: MadePolicy, broken: Broken, drivers: Mapping[str, Callable[[Policy], Driver]]
) -> tuple[MadePolicy, Broken]:
    """Leave out rules and sections of the policy as long as the engines differ, then facts of the request."""
    again = True
    while again:
        again = False
        for text in _with_less(policy.text):
            try:
                less = made(text, policy.vocabulary)
                still = _first_difference(_bench(less, drivers), broken.request)
            except ValueError:
                continue  # what is left out is used elsewhere
            if still is not None:
                policy, broken, again = less, still, True
                break
    return policy, smallest(broken)


def _with_less(text: str) -> Iterator[str]:
    tree: dict[str, Any] = yaml.safe_load(text)
    rules = tree["rules"]
    for place in range(len(rules) if len(rules) > 1 else 0):
        yield as_text({**tree, "rules": rules[:place] + rules[place + 1 :]})
    for section in ("presume", "scope", "terms", "settings"):
        if section in tree:
            yield as_text({key: value for key, value in tree.items() if key != section})
    for place, rule in enumerate(rules):
        for key in ("when", "unless", "overrides", "matters", "reading"):
            if key in rule:
                less = {name: value for name, value in rule.items() if name != key}
                yield as_text({**tree, "rules": [*rules[:place], less, *rules[place + 1 :]]})
        for effect in rule["then"] if len(rule["then"]) > 1 else ():
            then = {name: value for name, value in rule["then"].items() if name != effect}
            yield as_text({**tree, "rules": [*rules[:place], {**rule, "then": then}, *rules[place + 1 :]]})

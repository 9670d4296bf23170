"""Holding a law against a policy: many requests, and the smallest one where it is broken."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from random import Random
from typing import Any

from hypothesis import HealthCheck, Phase, given
from hypothesis import seed as seeded
from hypothesis import settings as Settings  # noqa: N812 - beside the keyword of that name
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from creditrules.front import Policy
from creditrules.testing.laws.drivers import DRIVERS
from creditrules.testing.laws.fitting import FITTING
from creditrules.testing.laws.law import Bench, Broken, BrokenLawError, Decide, Driver, Law
from creditrules.testing.laws.learning import LEARNING, MISSING, SETTLING
from creditrules.testing.laws.order import ORDER, REPEATABLE, REPLAY
from creditrules.testing.laws.outcome import OUTCOME
from creditrules.testing.laws.records import BAD_RECORDS
from creditrules.testing.laws.smaller import smallest
from creditrules.testing.second import second_reading
from creditrules.testing.strategies import from_policy

LAWS: tuple[Law, ...] = (ORDER, REPEATABLE, LEARNING, MISSING, SETTLING, FITTING, OUTCOME, REPLAY, DRIVERS)
_PHASES = (Phase.explicit, Phase.generate)  # `smallest` shrinks, and faster, as it knows what a request is made of
_UNHURRIED = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much)


def check_law(
    law: Law,
    policy: Policy,
    *,
    requests: SearchStrategy[dict[str, Any]] | None = None,
    examples: int | None = None,
    seed: int | None = None,
    decide: Decide | None = None,
    drivers: Mapping[str, Driver] | None = None,
    bad_records: Mapping[str, object] | None = None,
) -> int:
    """Hold a law against a policy, and give the number of requests it was held against.

    `requests` are those of `from_policy` unless others are given; `examples` how many (the Hypothesis profile's, if
    not said); `seed` repeats a run. `decide` is the way to decide that is tested, `drivers` further ones for
    `DRIVERS`, the second reading if not given; `bad_records` says for `BAD_RECORDS` of each fact which value is a bad
    record. Raises `BrokenLawError` with the smallest request found.

    >>> check_law(LAWS[0], policy)
    """
    if law is BAD_RECORDS and not bad_records:
        raise ValueError("say which facts are bad records: bad_records={'subject.on_black_list': True}")
    further = drivers if drivers is not None else {"second reading": partial(second_reading, policy)}
    bench = Bench(policy, decide or policy.decide_request, dict(further), dict(bad_records or {}))
    broken: list[Broken] = []
    count = 0

    def hold(request: dict[str, Any], chance: int) -> None:
        nonlocal count
        count += 1
        found = law.check(bench, request, Random(chance))
        if found is not None:
            broken.append(found)
            raise BrokenLawError(law, found, policy.id)

    run = given(request=requests if requests is not None else from_policy(policy), chance=st.integers(0, 2**32 - 1))(
        hold
    )
    run = Settings(
        max_examples=examples or Settings().max_examples,
        deadline=None,
        database=None,
        phases=_PHASES,
        report_multiple_bugs=False,
        suppress_health_check=_UNHURRIED,
    )(run)
    if seed is not None:
        run = seeded(seed)(run)
    try:
        run()
    except Exception:
        if not broken:
            raise
    if broken:
        raise BrokenLawError(law, smallest(min(broken, key=lambda one: len(repr(one.request)))), policy.id)
    return count

"""creditrules as an engine for the generated work (`benchmarks.workload`), through its public names alone.

    engine = load(policy)                       # policy: plain data, as `workload.policy` makes it
    engine.decide(subject, matter)              # -> (outcome, measures, rule ids)
    engine.explain(subject, matter)             # -> (answer, [(rule id, held, [(fact, value, held), ..]), ..])
    engine.batch(arrow_table)                   # -> Arrow table: outcome, measures, rules

A subject is a mapping of the 20 facts, dates as ISO text; a table has them as columns, and `matter`. `decide_model`
and `decide_json` take the same request as pydantic models and as JSON text. `fetch` makes a decision and leaves it
as it is. How the work is written as a policy is told in `benchmarks.as_policy`.
"""

from __future__ import annotations

import inspect
import json
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import creditrules as cr
from benchmarks.as_policy import ON, OUTCOMES, POLICY_ID, rule_id, write
from benchmarks.workload import Answer

NAME = "creditrules"
PACKAGE = "creditrules"
_PREFIX = len(f"{POLICY_ID}:")
_BEFORE_ID = len(f"{POLICY_ID}:p00-")

Explained = list[tuple[str, bool | None, list[tuple[str, object, bool | None]]]]


def load(policy: Mapping[str, Any], folder: Path | None = None, *, check_read: bool = False) -> Engine:
    """Write the work as a policy (into `folder`, or one that is removed again) and load it.

    `check_read` asks for decisions that look only at the facts they read, where the library offers that.
    """
    if folder is not None:
        return Engine(cr.load(write(policy, folder)), policy, check_read)
    with tempfile.TemporaryDirectory() as made:
        return Engine(cr.load(write(policy, Path(made))), policy, check_read)


def as_json(subject: Mapping[str, Any], matter: str) -> str:
    """Write a request as JSON text."""
    return json.dumps({"on": ON.isoformat(), "subject": subject, "matter": {"code": matter}})


def can_check_read() -> bool:
    """Say whether `decide` takes the keyword `check`."""
    return "check" in inspect.signature(cr.Policy.decide).parameters


class Engine:
    """A loaded policy that answers in the terms of the generated work."""

    def __init__(self, policy: cr.Policy, work: Mapping[str, Any], check_read: bool = False) -> None:
        self.policy = policy
        self._check: Literal["all", "read"] = "read" if check_read else "all"
        # The measure and the id of each rule: what a decision says under `rules`, in the words of that work.
        self._words = {
            sys.intern(f"{POLICY_ID}:{rule_id(rule)}"): (rule["measure"], rule["id"]) for rule in work["rules"]
        }

    # one decision

    def fetch(self, subject: Mapping[str, Any], matter: str) -> cr.Decision:
        """Decide, and leave the decision as it is."""
        return self.policy.decide(subject, {"code": matter}, on=ON, check=self._check)

    def decide(self, subject: Mapping[str, Any], matter: str) -> Answer:
        """Decide a request given as plain mappings."""
        return self._answer(self.policy.decide(subject, {"code": matter}, on=ON, check=self._check))

    def decide_model(self, subject: cr.Subject, matter: cr.Matter) -> Answer:
        """Decide a request given as pydantic models."""
        return self._answer(self.policy.decide(subject, matter, on=ON, check=self._check))

    def decide_json(self, request: str) -> Answer:
        """Decide a request given as JSON text: `on`, `subject`, `matter`, as `as_json` writes it."""
        return self._answer(self.policy.decide_request(request))

    def _answer(self, decision: cr.Decision) -> Answer:
        measures, ids, words = [], [], self._words
        for held in decision.rules:
            measure, id_ = words[held.rule]
            measures.append(measure)
            ids.append(id_)
        return OUTCOMES[decision.outcome], measures, ids

    # with the explanation

    def explain(self, subject: Mapping[str, Any], matter: str) -> tuple[Answer, Explained]:
        """Decide, and give every rule of the matter, whether it holds, and its conditions with the values read."""
        decision = self.fetch(subject, matter)
        return self._answer(decision), [
            (rule[_BEFORE_ID:], held, [(fact, value, came_to) for fact, _, value, came_to in tests])
            for rule, _, held, tests in decision.explanation
        ]

    def explanation(self, subject: Mapping[str, Any], matter: str) -> tuple[Answer, object]:
        """Decide, and give the explanation as the library gives it: the same, with whose paper each is about."""
        decision = self.fetch(subject, matter)
        return self._answer(decision), decision.explanation

    def trace(self, subject: Mapping[str, Any], matter: str) -> tuple[Answer, int]:
        """Decide and ask for the whole trace, every step with its clauses; gives the number of its rules."""
        decision = self.fetch(subject, matter)
        return self._answer(decision), len(decision.trace.rules)

    # many at once

    def can_batch(self) -> bool:
        """Say whether the library decides tables."""
        return hasattr(self.policy, "decide_table")

    def batch(self, table: Any) -> Any:
        """Decide an Arrow table: `matter`, and a column for each fact."""
        names = ["matter.code" if name == "matter" else f"subject.{name}" for name in table.column_names]
        decided = self.policy.decide_table(  # type: ignore[attr-defined, unused-ignore]
            table.rename_columns(names), on=ON, columns=["outcome", "rules"]
        )
        return self._in_words(decided)

    def _in_words(self, decided: Any) -> Any:
        """Give outcomes, measures and ids in the words of that work; every text is looked up once, not once a row."""
        import pyarrow as pa
        import pyarrow.compute as pc

        decided = getattr(decided, "table", decided).unify_dictionaries().combine_chunks()
        outcome = _coded(decided["outcome"].combine_chunks())
        outcomes = pa.array([OUTCOMES.get(one) for one in outcome.dictionary.to_pylist()])
        rules = decided["rules"].combine_chunks()
        held = _coded(rules.flatten())
        words = [self._words[_full(one)] for one in held.dictionary.to_pylist()]

        def lists(texts: list[str]) -> Any:
            return pa.ListArray.from_arrays(pc.fill_null(_starts(rules), 0), pa.array(texts).take(held.indices))

        return pa.table(
            {
                "outcome": outcomes.take(outcome.indices),
                "measures": lists([measure for measure, _ in words]),
                "rules": lists([id_ for _, id_ in words]),
            }
        )


def _full(name: str) -> str:
    return name if name.startswith(f"{POLICY_ID}:") else f"{POLICY_ID}:{name}"


def _coded(array: Any) -> Any:
    import pyarrow as pa

    return array if pa.types.is_dictionary(array.type) else array.dictionary_encode()


def _starts(lists: Any) -> Any:
    import pyarrow as pa

    offsets = lists.offsets
    return pa.array(offsets.to_numpy() - offsets[0].as_py(), pa.int32())

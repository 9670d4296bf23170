"""The child process that runs the engine; the only module that imports it. It reads and writes lines of JSON.

It stands alone, so that it starts quickly: it gets numbers and gives numbers. The engine is written in C and has been
seen to crash, hang and answer wrongly outside a narrow region, so nothing but this shape is ever sent to it: rulesets
of at most sixty positive conjunctions over one flat fact of small integers, asserted into one fixed session, with
labels asserted by the actions and the session deleted afterwards. No events, batches, retractions, timers, negations,
comparisons between facts or regular expressions.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
from collections.abc import Callable
from typing import IO, Any

MOST_CONJUNCTIONS, MOST_READ, MOST_PATTERNS = 60, 200, 12
SESSION = "e"
COULD_NOT_IMPORT = 3


class Ruleset:
    """One ruleset in the engine: runs on one base fact, and gives the labels derived from it."""

    def __init__(self, engine: Any, host: Any, name: str, rules: list[Any]) -> None:
        self.engine, self.host, self.name = engine, host, name
        self.atoms = sorted({atom for atoms, _, _, _ in rules for atom, _ in atoms})
        self.labels = sorted({label for _, labels, _, _ in rules for label in labels})
        self.read_here = {label for _, _, derived, _ in rules for label in derived}
        if len(rules) > MOST_CONJUNCTIONS or len(self.atoms) + len(self.labels) > MOST_READ:
            raise ValueError("the ruleset is too large")
        if any(len(derived) > MOST_PATTERNS for _, _, derived, _ in rules):
            raise ValueError("the conjunction is too long")
        self.found: set[int] = set()
        self.error: BaseException | None = None
        definition: dict[str, Any] = {"primer": {"all": [{"m": {"k": "primer"}}], "run": _nothing}}
        for place, (atoms, labels, derived, brought) in enumerate(rules):
            tests = [
                {"k": "base"},
                *({f"a{atom}": value} for atom, value in atoms),
                *({f"l{one}": 1} for one in labels),
            ]
            patterns: list[dict[str, Any]] = [{"b": {"$and": tests} if len(tests) > 1 else tests[0]}]
            patterns += [{f"d{index}": {"k": f"d{label}"}} for index, label in enumerate(derived)]
            definition[f"r{place}"] = {"all": patterns, "run": self._action(brought)}
        host.register_rulesets({name: definition})

    def _action(self, brought: int) -> Callable[[Any], None]:
        def act(context: Any) -> None:
            if brought in self.found:
                return
            self.found.add(brought)
            if brought not in self.read_here:
                return
            try:
                context.assert_fact({"k": f"d{brought}"})
            except self.engine.MessageNotHandledException:
                pass
            except BaseException as error:
                self.error = error

        return act

    def run(self, atoms: dict[int, int], labels: set[int]) -> set[int]:
        """Assert the primer, whose rule makes deleting the session safe, then the one base fact."""
        base: dict[str, Any] = {"k": "base", "sid": SESSION}
        base.update((f"a{atom}", atoms[atom]) for atom in self.atoms if atom in atoms)
        base.update((f"l{label}", 1) for label in self.labels if label in labels)
        self.found, self.error = set(), None
        try:
            self.host.assert_fact(self.name, {"k": "primer", "sid": SESSION})
            with contextlib.suppress(self.engine.MessageNotHandledException):
                self.host.assert_fact(self.name, base)
        finally:
            self.host.delete_state(self.name, SESSION)
        if self.error is not None:
            raise self.error
        return self.found


def _nothing(context: Any) -> None:
    """Fire, and no more."""


class Loaded:
    """All rulesets of some programs, run phase by phase: once for the request, or for each paper in turn."""

    def __init__(self, engine: Any, host: Any, name: str, load: dict[str, Any]) -> None:
        self.phases: dict[int, list[Ruleset]] = {at: [] for _, at, _ in load["carried"]}
        for place, one in enumerate(load["rulesets"]):
            ruleset = Ruleset(engine, host, f"{name}x{place}", one["rules"])
            self.phases.setdefault(one["phase"], []).append(ruleset)
        self.carried = {label for label, _, _ in load["carried"]}
        self.starts = {
            phase: {label for label, at, starts in load["carried"] if at == phase and starts} for phase in self.phases
        }

    def run(self, atoms: dict[int, int], papers: list[dict[int, int]]) -> tuple[set[int], list[set[int]]]:
        """Give the labels derived for the request, and for each paper."""
        whole: set[int] = set()
        each: list[set[int]] = [set() for _ in papers]
        for phase in sorted(self.phases):
            if phase % 2 == 0:
                for ruleset in self.phases[phase]:
                    whole |= ruleset.run(atoms, whole)
                continue
            carried = self.starts[phase]
            for place, paper in enumerate(papers):
                mine: set[int] = set()
                for ruleset in self.phases[phase]:
                    mine |= ruleset.run({**atoms, **paper}, whole | each[place] | mine | carried)
                carried = mine & self.carried
                each[place] |= mine - self.carried
            whole |= carried
        return whole, each


class Worker:
    """Answers one line at a time."""

    def __init__(self, engine: Any) -> None:
        class QuietHost(engine.Host):  # type: ignore[misc]  # the package has no types
            """A host without threads: what is asserted has run when the call is back."""

            def _run(self) -> None:
                """Start nothing."""

        self.engine, self.host = engine, QuietHost()
        self.loaded: dict[str, Loaded] = {}

    def answer(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Load rulesets, or run them."""
        if asked["do"] == "load":
            self.loaded[asked["id"]] = Loaded(self.engine, self.host, f"p{len(self.loaded)}", asked["load"])
            return {}
        papers = [dict(paper) for paper in asked["papers"]]
        whole, each = self.loaded[asked["id"]].run(dict(asked["atoms"]), papers)
        return {"whole": sorted(whole), "papers": [sorted(one) for one in each]}


def serve(reading: IO[str], writing: IO[str]) -> int:
    """Answer until there is nothing more to read."""

    def say(answer: dict[str, Any]) -> None:
        writing.write(json.dumps(answer) + "\n")
        writing.flush()

    try:
        from durable import engine
    except Exception as error:
        say({"unavailable": f"{type(error).__name__}: {error}"})
        return COULD_NOT_IMPORT
    worker = Worker(engine)
    say({"ready": True})
    for line in reading:
        asked = json.loads(line)
        _end_by_itself(asked["seconds"])
        try:
            answer = worker.answer(asked)
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"[:500]}
        _end_by_itself(0)
        say({"number": asked["number"], **answer})
    return 0


def _end_by_itself(seconds: float) -> None:
    """Have the system end this process after a while, should nobody be left to do it (0: not any more)."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, seconds)


if __name__ == "__main__":
    answers = os.fdopen(os.dup(1), "w", encoding="ascii")
    os.dup2(2, 1)  # nothing else may write where the answers go
    sys.exit(serve(sys.stdin, answers))

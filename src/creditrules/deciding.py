"""What deciding by one policy and by a library have in common: how it is asked."""

from __future__ import annotations

import datetime as dt
import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from creditrules.answered import Decision
from creditrules.extras import driver
from creditrules.handed_in import a_day, request_tree
from creditrules.program import Program
from creditrules.request_reader import named_area, named_policy
from creditrules.source import Source
from creditrules.tree import Node
from creditrules.vocabulary import Vocabulary
from creditrules.wording import Lang

if TYPE_CHECKING:
    from pydantic import BaseModel

    from creditrules.case_file import CaseFile
    from creditrules.drivers.rete import Engine as SecondEngine
    from creditrules.drivers.table import DecidedTable
    from creditrules.render.names import Names
    from creditrules.timeline import Interval

Facts: TypeAlias = "Mapping[str, object] | BaseModel"


class Front(ABC):
    """What deciding by one policy and by a library have in common: how a request is handed in."""

    __slots__ = ()

    def decide(
        self,
        subject: Facts | None = None,
        matter: Facts | None = None,
        documents: Sequence[Facts] | None = None,
        *,
        on: dt.date | str | None = None,
        consulted: Sequence[str] | str | None = None,
        procedure: Facts | None = None,
        record: Facts | None = None,
        system: Facts | None = None,
        department: Facts | None = None,
        policy: str | None = None,
        area: Sequence[str] | None = None,
        verify: str | SecondEngine | None = None,
    ) -> Decision:
        """Decide one request on one day.

        `matter=None` means that there is no matter, `{}` one not known; `documents=None` that nobody said what was
        handed in, `[]` that nothing was. The keywords are the keys of a request, so `decide(**request)` works too.
        `verify="rete"` has a second engine check the decision, which stays ours.
        Raises `RequestError` where the request cannot be read or contradicts itself; with `verify`,
        `VerificationError` where the engine finds otherwise, `EngineUnavailableError` where it could not be asked.

        >>> policy.decide({"kind": "company"}, {"code": "policy_loan"}, [], on="2017-09-01").outcome
        'pending'
        """
        request: dict[str, object] = {
            "subject": subject,
            "matter": matter,
            "documents": documents,
            "on": on,
            "consulted": consulted or None,
            "procedure": procedure,
            "record": record,
            "system": system,
            "department": department,
            "policy": policy,
            "area": area,
        }
        given = {key: value for key, value in request.items() if value is not None}
        return self.decide_request(given, verify=verify)

    def decide_request(
        self,
        request: Mapping[str, object] | str | Source,
        *,
        on: dt.date | str | None = None,
        verify: str | SecondEngine | None = None,
    ) -> Decision:
        """Decide a whole request: a mapping, or its text in YAML or JSON; `on` where the request has no day."""
        source, tree = request_tree(request)
        decision = self.decide_tree(tree, source, on=None if on is None else a_day(on, "on"))
        return decision if verify is None else self._checked(decision, verify, self._again(request))

    def _checked(
        self, decision: Decision, by: str | SecondEngine, again: Callable[[Mapping[str, object]], Decision]
    ) -> Decision:
        """Have a second engine check a decision; `again` decides a smaller request the way this one was."""
        from creditrules.drivers.rete import verify  # where it is not asked for, it costs no time

        verify(decision.programs, decision, by, lambda smaller: again(json.loads(smaller.text)))
        return decision

    def _again(self, request: Mapping[str, object] | str | Source) -> Callable[[Mapping[str, object]], Decision]:
        """Give how a request is decided again when its facts have changed: by the same policy or area."""
        tree = request_tree(request)[1]
        named = {"policy": named_policy(tree), "area": list(named_area(tree) or ())}
        kept = {key: value for key, value in named.items() if value}
        return lambda changed: self.decide_request({**kept, **changed})

    def case_file(
        self,
        request: Mapping[str, object] | str | Source,
        *,
        on: dt.date | str | None = None,
        engine: str | SecondEngine | None = None,
    ) -> CaseFile:
        """Open a case with its first request, to be followed by events and days; with `engine="rete"` a second engine
        derives each step too, and must agree. Raises as `decide` does."""
        from creditrules.case_file import CaseFile
        from creditrules.drivers.rete import engine_named

        decision = self.decide_request(request, on=on)
        second = None if engine is None else engine_named(engine)
        return CaseFile.opened(decision, decision.programs, self._again(request), second)

    @abstractmethod
    def decide_tree(self, tree: Node, source: Source, *, on: dt.date | None = None) -> Decision:
        """Decide a request already read into a tree; for readers of larger files, such as cases."""

    def decide_table(
        self,
        table: object,
        *,
        on: dt.date | str | None = None,
        columns: Sequence[str] | None = None,
        documents: object = None,
        consulted: Sequence[str] | str | None = None,
        policy: str | None = None,
        area: Sequence[str] | None = None,
        keep: Sequence[str] = (),
        out: str | Path | None = None,
        workers: int = 1,
    ) -> DecidedTable:
        """Decide a table of requests, a row each: an Arrow, pandas or Polars table, a DuckDB relation, or the path of
        a Parquet or CSV file. The answer is a table of the same kind, or the file `out`. Needs the extra `tables`.

        Columns are facts by full name (`subject.kind`) and `on`, `documents` and the like; `documents` may be a
        second table of papers, too. `columns` selects what is answered, `keep` columns to carry along. A row that
        cannot be read is refused with its findings, and stops no other. With `out`, `workers` processes decide, and a
        run that was interrupted goes on. Raises `RequestError` where the whole cannot be read.
        """
        tables = driver("table", "tables")
        day = None if on is None else a_day(on, "on")
        asking = tables.ask(self, day, columns, {"policy": policy, "area": area, "consulted": consulted}, keep)
        if out is None:
            return cast("DecidedTable", tables.decide_table(asking, table, documents))
        made = tables.decide_to_file(asking, table, Path(out), documents, again=self.again(), workers=workers)
        return cast("DecidedTable", made)

    @abstractmethod
    def panel(self, policy: str | None, area: tuple[str, ...] | None) -> tuple[Program, ...] | None:
        """Give the programs that decide a request naming such a policy or area; `None` where it would be refused."""

    @abstractmethod
    def digests(self) -> Mapping[str, str]:
        """Give the digest of every policy, by its short name."""

    @abstractmethod
    def names_read(self) -> Vocabulary:
        """Give every name that some request may use."""

    @abstractmethod
    def again(self) -> tuple[Any, str]:
        """Give how another process gets the same: what to call, and with which path."""

    @abstractmethod
    def names(self, lang: Lang = "zh") -> Names:
        """Give the names a rendering needs, in Chinese or English."""

    def timeline(
        self,
        subject: Facts | None = None,
        matter: Facts | None = None,
        documents: Sequence[Facts] | None = None,
        start: dt.date | str | None = None,
        end: dt.date | str | None = None,
        **more: Any,
    ) -> tuple[Interval, ...]:
        """Give the intervals from `start` to `end`, both in, and what changes at each border if nothing else happens.

        The other keywords are those of `decide`; `on` is not needed. Raises `RequestError` as `decide` does.
        """
        from creditrules.timeline import timeline  # here as below: a first decision needs nothing of it

        first, last = a_day(start, "start"), a_day(end, "end")
        decision = self.decide(subject, matter, documents, **{**more, "on": more.get("on") or first})
        return timeline(decision.programs, decision.request, first, last)

"""What a caller hands in: subject, matter, papers and the day, as one frozen request with typed values.

Nothing is filled in here: a fact that was not given stays out, and `resolve` says later what holds instead.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import field
from typing import TYPE_CHECKING, Literal, TypeGuard

from creditrules.canonical import canonical_json, json_value, unordered
from creditrules.frozen import dataclass
from creditrules.program import Value

if TYPE_CHECKING:
    from pydantic import BaseModel


def is_model(value: object) -> TypeGuard[BaseModel]:
    """Say whether a value is a pydantic model, without bringing that library in where nobody else has."""
    return hasattr(type(value), "model_fields") and hasattr(value, "model_fields_set")


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper of a request: its facts by full name (`document.kind`, `issuer.filing_level`)."""

    id: str
    values: Mapping[str, Value]

    @property
    def kind(self) -> str:
        """Give the kind of paper."""
        return str(self.values["document.kind"])


@dataclass(frozen=True, slots=True)
class Request:
    """A whole request, checked against the names of a policy.

    `matter` tells a matter from none; `papers` is `None` where the caller did not say what was handed in.
    `identity` holds names and numbers: of the subject (under `None`) and of the issuers of papers (under the paper's
    id). They are masked wherever shown.
    """

    on: dt.date
    matter: Literal["given", "none"]
    values: Mapping[str, Value]
    papers: tuple[Paper, ...] | None
    consulted: frozenset[str]
    identity: Mapping[tuple[str | None, str], str] = field(default_factory=dict, repr=False)

    @property
    def text(self) -> str:
        """Give the request's one canonical JSON; reading it gives the request again."""
        whole: dict[str, object] = {"on": self.on.isoformat(), "consulted": sorted(self.consulted)}
        sections: dict[str, dict[str, object]] = {"matter": {}} if self.matter == "given" else {}
        for name, value in self.values.items():
            scope, _, key = name.partition(".")
            sections.setdefault(scope, {})[key] = json_value(value)
        for (about, key), text in self.identity.items():
            if about is None:
                sections.setdefault("subject", {})[key] = text
        whole |= sections
        if self.papers is not None:
            whole["documents"] = [self._paper_json(paper) for paper in self.papers]
        return canonical_json(unordered(whole))

    def _paper_json(self, paper: Paper) -> dict[str, object]:
        section: dict[str, object] = {"id": paper.id}
        issuer: dict[str, object] = {}
        for name, value in paper.values.items():
            scope, _, key = name.partition(".")
            (issuer if scope == "issuer" else section)[key] = json_value(value)
        issuer |= {key: text for (about, key), text in self.identity.items() if about == paper.id}
        return {**section, "issuer": issuer} if issuer else section

    def paper(self, id_: str) -> Paper | None:
        """Give the paper of that id."""
        return next((paper for paper in self.papers or () if paper.id == id_), None)

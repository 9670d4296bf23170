"""The models a caller may use for the parts of a request, instead of plain mappings."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class _Open(BaseModel):
    """Base of the models a caller may use: facts of the vocabulary are given by name, without their heading."""

    model_config = ConfigDict(extra="allow", frozen=True)


class Subject(_Open):
    """Whom the decision is about: `Subject(kind="company", on_red_list=False)`.

    The name and the numbers are for the reader, never for the rules; the numbers are checked.
    """

    name: str | None = Field(default=None, repr=False)
    unified_social_credit_code: str | None = Field(default=None, repr=False)
    citizen_number: str | None = Field(default=None, repr=False)


class Matter(_Open):
    """The matter in hand: `Matter(code="fiscal_funding", department="财政局")`."""

    code: str | None = None


class Issuer(_Open):
    """Who issued a paper: `Issuer(filing_level="county_city")`."""

    name: str | None = Field(default=None, repr=False)
    unified_social_credit_code: str | None = Field(default=None, repr=False)


class Document(_Open):
    """A paper handed in: `Document(id="r1", kind="credit_report", issued_on=date(2017, 3, 10))`."""

    kind: str
    id: str | None = None
    issuer: Issuer | None = None

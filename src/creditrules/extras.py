"""Drivers that need an extra, and what is said where it is not installed."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from types import ModuleType
from typing import Any

from creditrules.diagnostics import Findings, advice, nearest
from creditrules.errors import CreditRulesError
from creditrules.program import Program

_OF_TABLES = frozenset(("requests", "papers", "calendar", "key"))
_OF_STATEMENT = frozenset(("columns", "text_dates", "results"))


def sql_of(programs: tuple[Program, ...], dialect: str, options: Mapping[str, Any]) -> str:
    """Give the SQL of some programs; raises `CreditRulesError` where there is none for the warehouse."""
    sql = driver("sql", "sql")
    if dialect not in sql.DIALECTS:
        findings = Findings()
        findings.report("CR530", None, nearest(dialect, sql.DIALECTS), name=dialect)
        raise CreditRulesError(tuple(findings.found))
    unknown = sorted(options.keys() - _OF_TABLES - _OF_STATEMENT)
    if unknown:
        raise TypeError(f"to_sql() got an unexpected keyword argument {unknown[0]!r}")
    tables = sql.Tables(**{key: options[key] for key in sorted(_OF_TABLES & options.keys())})
    rest = {key: options[key] for key in sorted(_OF_STATEMENT) if options.get(key) is not None}
    if isinstance(rest.get("results"), str):
        rest["results"] = (rest["results"],)
    findings = Findings()
    for name in rest.get("results", ()):
        if name not in sql.RESULTS:
            findings.report("CR540", None, nearest(name, sql.RESULTS), spot="results", name=name)
    if findings.found:
        raise CreditRulesError(tuple(findings.found))
    return str(sql.to_sql(programs, dialect, tables=tables, **rest))


def driver(name: str, extra: str) -> ModuleType:
    """Give a driver that needs an extra; raises `CreditRulesError` where that is not installed."""
    try:
        return import_module(f"creditrules.drivers.{name}")
    except ModuleNotFoundError as missing:
        if (missing.name or "").startswith("creditrules"):
            raise
        findings = Findings()
        findings.report("CR531", None, advice("install-extra", extra=extra), extra=extra)
        raise CreditRulesError(tuple(findings.found)) from None

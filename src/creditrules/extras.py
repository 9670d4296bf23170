"""Drivers that need an extra, and what is said where it is not installed."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from types import ModuleType
from typing import Any

from creditrules.diagnostics import Findings, advice, nearest
from creditrules.errors import CreditRulesError
from creditrules.program import Program


def sql_of(programs: tuple[Program, ...], dialect: str, options: Mapping[str, Any]) -> str:
    """Give the SQL of some programs; raises `CreditRulesError` where there is none for the warehouse."""
    sql = driver("sql", "sql")
    if dialect not in sql.DIALECTS:
        findings = Findings()
        findings.report("CR530", None, nearest(dialect, sql.DIALECTS), name=dialect)
        raise CreditRulesError(tuple(findings.found))
    tables = sql.Tables(**{key: options[key] for key in ("requests", "papers", "calendar", "key") if key in options})
    rest = {key: options[key] for key in ("columns", "text_dates", "results") if options.get(key) is not None}
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

"""Rules as code for Chinese cities' documents on credit records and credit reports.

>>> import creditrules as cr
>>> policy = cr.load("kunshan")
>>> policy.decide({"kind": "company"}, {"code": "policy_loan"}, [], on="2017-09-01").outcome
'pending'
"""

from typing import TYPE_CHECKING, Any

from creditrules.answered import Decision
from creditrules.diagnostics import Finding
from creditrules.errors import CreditRulesError, EngineUnavailableError, PolicyError, RequestError, VerificationError
from creditrules.files import shipped_policies
from creditrules.front import Examined, Policy, examine, load
from creditrules.version import __version__

if TYPE_CHECKING:
    from creditrules.library import Library
    from creditrules.models import Document, Issuer, Matter, Subject

__all__ = [
    "CreditRulesError",
    "Decision",
    "Document",
    "EngineUnavailableError",
    "Examined",
    "Finding",
    "Issuer",
    "Library",
    "Matter",
    "Policy",
    "PolicyError",
    "RequestError",
    "Subject",
    "VerificationError",
    "__version__",
    "examine",
    "load",
    "shipped_policies",
]

_LATER = {"Library": "library", "Document": "models", "Issuer": "models", "Matter": "models", "Subject": "models"}


def __getattr__(name: str) -> Any:
    """Bring in the names that not every program needs, and pydantic with them, when they are asked for."""
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    globals()[name] = getattr(import_module(f"{__name__}.{_LATER[name]}"), name)
    return globals()[name]


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})

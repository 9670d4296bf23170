"""Rules as code for Chinese cities' documents on credit records and credit reports.

>>> import creditrules as cr
>>> policy = cr.load("kunshan")
>>> policy.decide({"kind": "company"}, {"code": "policy_loan"}, [], on="2017-09-01").outcome
'pending'
"""

from creditrules.answered import Decision
from creditrules.diagnostics import Finding
from creditrules.errors import CreditRulesError, EngineUnavailableError, PolicyError, RequestError, VerificationError
from creditrules.facts import Document, Issuer, Matter, Subject
from creditrules.files import shipped_policies
from creditrules.front import Examined, Policy, examine, load
from creditrules.library import Library
from creditrules.version import __version__

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

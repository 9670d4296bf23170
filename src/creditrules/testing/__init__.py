"""What tests policies: case files and how they are run, and, with the extra `testing`, generated requests and laws.

`creditrules.testing.cases` and this module work without Hypothesis; it is imported with the first of the names below.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from creditrules.testing.draft import as_yaml
    from creditrules.testing.laws import BAD_RECORDS, DRIVERS, LAWS, BrokenLawError, Law, check_law
    from creditrules.testing.made_policies import MadePolicy, policies
    from creditrules.testing.strategies import days, documents, from_policy, making, matters, subjects, values

__all__ = [
    "BAD_RECORDS", "DRIVERS", "LAWS", "BrokenLawError", "Law", "MadePolicy", "as_yaml", "check_law", "days",
    "documents", "from_policy", "making", "matters", "policies", "subjects", "values",
]  # fmt: skip
_ROOMS = {
    "as_yaml": "draft",
    **dict.fromkeys(("BAD_RECORDS", "DRIVERS", "LAWS", "BrokenLawError", "Law", "check_law"), "laws"),
    **dict.fromkeys(("MadePolicy", "policies"), "made_policies"),
}


def __getattr__(name: str) -> Any:
    """Give a name of the kit, imported when it is first asked for."""
    if name not in __all__:
        raise AttributeError(f"module `{__name__}` has no attribute `{name}`")
    try:
        room = importlib.import_module(f"{__name__}.{_ROOMS.get(name, 'strategies')}")
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "hypothesis":
            raise
        raise ModuleNotFoundError(
            "creditrules.testing needs Hypothesis: pip install 'creditrules[testing]'", name="hypothesis"
        ) from None
    return getattr(room, name)

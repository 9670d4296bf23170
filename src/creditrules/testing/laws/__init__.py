"""Laws that hold for every policy and every request, ready to call on any policy."""

from creditrules.testing.laws.check import LAWS, check_law
from creditrules.testing.laws.drivers import DRIVERS, answer
from creditrules.testing.laws.fitting import FITTING
from creditrules.testing.laws.law import Bench, Broken, BrokenLawError, Law
from creditrules.testing.laws.learning import LEARNING, MISSING, SETTLING
from creditrules.testing.laws.order import ORDER, REPEATABLE, REPLAY
from creditrules.testing.laws.outcome import OUTCOME
from creditrules.testing.laws.records import BAD_RECORDS

__all__ = [
    "BAD_RECORDS", "DRIVERS", "FITTING", "LAWS", "LEARNING", "MISSING", "ORDER", "OUTCOME", "REPEATABLE", "REPLAY",
    "SETTLING", "Bench", "Broken", "BrokenLawError", "Law", "answer", "check_law",
]  # fmt: skip

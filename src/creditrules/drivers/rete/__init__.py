"""A second engine, the Rete engine of `durable-rules`, that checks our evaluator and never decides.

Our encoding stands in front of it (`atoms`, `formulas`, `meaning`, `rails`, `encode`), it runs in a child process
(`worker`, `client`), and what it derives (`theirs`), with the entries that follow (`following`), is laid beside what
our evaluator says (`entries`, `compare`, `smallest`, `verify`).
"""

from creditrules.drivers.rete.client import Engine, shared_engine
from creditrules.drivers.rete.compare import Disagreement, disagreements
from creditrules.drivers.rete.entries import entries_of
from creditrules.drivers.rete.following import following
from creditrules.drivers.rete.theirs import derived
from creditrules.drivers.rete.verify import ENGINES, engine_named, verify

__all__ = [
    "ENGINES",
    "Disagreement",
    "Engine",
    "derived",
    "disagreements",
    "engine_named",
    "entries_of",
    "following",
    "shared_engine",
    "verify",
]

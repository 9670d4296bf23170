"""The command line with every chunk held up a little, so that a test can kill it in the middle."""

from __future__ import annotations

import time
from typing import Any

from creditrules import cli
from creditrules.drivers.table import stream


def main() -> None:
    """Run the command with slow chunks."""
    decide = stream.decide_chunk

    def slowly(*arguments: Any) -> Any:
        time.sleep(0.7)
        return decide(*arguments)

    stream.decide_chunk = slowly
    stream.LARGEST = stream.SMALLEST
    cli.main()

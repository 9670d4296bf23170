"""The command line: one file a command.

Exit codes: 0 clean (for `decide`: any definite outcome), 1 found something, 2 could not run, 4 undetermined.
"""

from __future__ import annotations

import io
import sys

import click

from creditrules.cli.check import check
from creditrules.cli.coverage import coverage
from creditrules.cli.decide import decide
from creditrules.cli.explain import explain
from creditrules.cli.mutate import mutate_command
from creditrules.cli.needs import needs
from creditrules.cli.new import new
from creditrules.cli.test import test
from creditrules.cli.timeline import timeline
from creditrules.cli.verify import verify
from creditrules.version import __version__


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="creditrules")
def main() -> None:
    """按各市使用信用记录和信用报告的文件作出决定，并逐条说明理由。

    Decide by the cities' documents on credit records and reports, and say why, clause by clause.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that cannot show Chinese is no reason to stop


for _command in (decide, explain, needs, timeline, check, test, coverage, mutate_command, verify, new):
    main.add_command(_command)

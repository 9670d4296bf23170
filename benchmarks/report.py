"""Results as tables in Markdown; `python -m benchmarks.report` puts them and the plots into docs/performance.md."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "performance.md"
BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"
Results = Mapping[str, Any]

_HAND = "plain Python, by hand"


def main(arguments: Sequence[str] | None = None) -> int:
    """Rewrite the marked block of the page from a results file, and draw the plots."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.report", description=__doc__)
    parser.add_argument("--results", type=Path, default=Path(__file__).parent / "results" / "latest.json")
    parser.add_argument("--no-plots", action="store_true", help="tables alone")
    asked = parser.parse_args(arguments)
    results = json.loads(asked.results.read_text(encoding="utf-8"))
    page = PAGE.read_text(encoding="utf-8")
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    block = f"{BEGIN}\n\n{machine_words(results)}\n\n{tables(results)}\n\n{END}"
    PAGE.write_text(f"{before}{block}{after}", encoding="utf-8")
    if not asked.no_plots:
        from benchmarks.plot import draw

        for path in draw(results, ROOT / "docs" / "img"):
            print(path)
    print(PAGE)
    return 0


def machine_words(results: Results) -> str:
    """Say on what and how the figures were measured."""
    made = results["machine"]
    pinned = "kept on one core" if made["pinned"] else "not kept on one core"
    return (
        f"Measured on {made['date']} with `{results['command']}`: {made['processor']}, {made['cores']} cores, "
        f"{pinned}, load {made['load']} at the start; {made['system']}, Python {made['python']}, "
        f"creditrules {made['creditrules']}."
    )


def tables(results: Results) -> str:
    """Give all tables there are results for."""
    parts: list[str] = []
    one = results.get("one", {})
    if one:
        parts.append(
            "**One decision**, µs (and times plain Python by hand):\n\n"
            + _by_size(one, "one", "us", _HAND, "{:.1f} µs")
        )
        parts.append(
            "**With the explanation**, every condition with its value, µs (and times the explanation by hand):\n\n"
            + _by_size(one, "explained", "us", _HAND, "{:.1f} µs")
        )
    if "shipped" in results:
        parts.append("**The shipped policies**, two papers a request:\n\n" + _shipped(results["shipped"]["shipped"]))
    if "shipped_tables" in results:
        made = results["shipped_tables"]
        rows = _rows(made["batch"], "Cangzhou, SQL by hand")
        parts.append(f"**Cangzhou**, {made['rows']:,} rows:\n\n" + _table(("", "seconds", "times SQL by hand"), rows))
    if results.get("tables"):
        rows = next(iter(results["tables"].values()))["rows"]
        parts.append(
            f"**A table** of {rows:,} rows, seconds (and times numpy by hand):\n\n"
            + _by_size(results["tables"], "batch", "seconds", "numpy, by hand", "{:.2f} s")
        )
    if results.get("rows"):
        parts.append(
            "**Tables of other lengths**, 120 rules, seconds:\n\n"
            + _by_size(results["rows"], "batch", "seconds", "numpy, by hand", "{:.3f} s", "rows")
        )
    if results.get("loading"):
        parts.append(
            "**Loading**, seconds (and times PyYAML's C parser alone):\n\n"
            + _by_size(results["loading"], "loading", "seconds", "PyYAML's C parser, compose", "{:.3f} s")
        )
    if "start" in results:
        rows_ = _rows(results["start"], "import pydantic, yaml")
        parts.append(
            "**Cold start**, whole processes:\n\n" + _table(("", "seconds", "times the imports alone"), rows_)
        )
    if results.get("memory"):
        listed = {size: {"memory": found} for size, found in results["memory"].items()}
        parts.append("**Memory** at its highest, MB:\n\n" + _by_size(listed, "memory", "mb", None, "{:.0f} MB"))
    for size, pieces in results.get("lane", {}).items():
        lines = [[one["name"], f"{one['share']:.0%}"] for one in pieces]
        title = f"**Where the time of `policy.decide` goes**, {int(size):,} rules, the answer not read"
        parts.append(f"{title}:\n\n" + _table(("piece", "share"), lines))
    for name, shares in results.get("profile", {}).items():
        lines = [[one["name"], f"{one['share']:.0%}"] for one in shares]
        parts.append(f"**Where the time goes**, {name}, own time:\n\n" + _table(("module", "share"), lines))
    return "\n\n".join(parts)


def _by_size(found: Results, part: str, key: str, base: str | None, form: str, head: str = "rules") -> str:
    """Give a table with a column for each size, and after each figure how many times the base it is."""
    sizes = list(found)
    names: list[str] = []
    for size in sizes:
        names += [one["name"] for one in found[size][part] if one["name"] not in names]
    lines = []
    for name in names:
        cells = [name]
        for size in sizes:
            figures = {one["name"]: one[key] for one in found[size][part]}
            cells.append(_cell(figures, name, base, form))
        lines.append(cells)
    return _table(("", *(f"{int(size):,} {head}" for size in sizes)), lines)


def _cell(figures: Mapping[str, float], name: str, base: str | None, form: str) -> str:
    if name not in figures:
        return "–"
    text = form.format(figures[name])
    if base is None or name == base or not figures.get(base):
        return text
    return f"{text} ({_times(figures[name] / figures[base])})"


def _times(ratio: float) -> str:
    return f"{ratio:,.0f}×" if ratio >= 20 else f"{ratio:.1f}×"


def _rows(found: Iterable[Mapping[str, Any]], base: str) -> list[list[str]]:
    figures = {one["name"]: one["seconds"] for one in found}
    return [
        [name, f"{seconds:.3f}", "" if name == base or base not in figures else _times(seconds / figures[base])]
        for name, seconds in figures.items()
    ]


def _shipped(found: Sequence[Mapping[str, Any]]) -> str:
    by_hand = next((one["us"] for one in found if one["name"] == "Kunshan, by hand"), None)
    lines = []
    for one in found:
        compared = by_hand and one["name"].startswith("kunshan")
        lines.append([one["name"], f"{one['us']:,.0f} µs", _times(one["us"] / by_hand) if compared else ""])
    return _table(("", "one decision", "times by hand"), lines)


def _table(head: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    rows = [head, ["---"] * len(head), *lines]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


if __name__ == "__main__":
    sys.exit(main())

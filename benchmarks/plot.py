"""Time against the number of rules, and against the number of rows."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

_OURS = "creditrules"


def draw(results: Mapping[str, Any], folder: Path) -> list[Path]:
    """Draw what there are results for; gives the files."""
    import matplotlib as mpl

    mpl.use("Agg")
    mpl.rcParams["svg.hashsalt"] = "creditrules"  # the same figures give the same file
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    if results.get("one"):
        lines = _lines(results["one"], "one", "us")
        path = folder / "one-decision.svg"
        made.append(_plot(lines, path, "One decision", "rules", "microseconds"))
    if results.get("rows"):
        lines = _lines(results["rows"], "batch", "seconds")
        path = folder / "tables.svg"
        made.append(_plot(lines, path, "A table, 120 rules", "rows", "seconds"))
    return made


def _lines(found: Mapping[str, Any], part: str, key: str) -> dict[str, list[tuple[int, float]]]:
    lines: dict[str, list[tuple[int, float]]] = {}
    for size in sorted(found, key=int):
        for one in found[size][part]:
            lines.setdefault(one["name"], []).append((int(size), one[key]))
    return lines


def _plot(lines: Mapping[str, list[tuple[int, float]]], path: Path, title: str, across: str, up: str) -> Path:
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(8, 5), layout="constrained")
    for name, points in lines.items():
        ours = name.startswith(_OURS)
        style = {"linewidth": 2.2, "marker": "o"} if ours else {"linewidth": 1.0, "marker": ".", "linestyle": "--"}
        axes.plot(*zip(*points, strict=True), label=name, **style)
    axes.set(xscale="log", yscale="log", xlabel=across, ylabel=up, title=title)
    axes.grid(alpha=0.3, which="both")
    figure.legend(loc="outside right upper", fontsize="small")
    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)
    return path

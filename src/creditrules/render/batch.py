"""A table decided, as text: how far it is, and at the end what came of its rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from creditrules.render.layout import padded, width
from creditrules.render.names import WORDS, Names
from creditrules.wording import Lang

if TYPE_CHECKING:
    from creditrules.drivers.table.summary import Summary

_BAR = 30


def progress_text(done: int, total: int | None, of_this_run: int, seconds: float, lang: Lang) -> str:
    """Give one line: a bar, rows done, rows a second, and the time left where the number of rows is known."""
    rate = of_this_run / seconds if seconds > 0 else 0.0
    speed = f"{rate:,.0f} {'行/秒' if lang == 'zh' else 'rows/s'}"
    if not total:
        return f"{done:,} {'行' if lang == 'zh' else 'rows'}  {speed}"
    filled = int(_BAR * done / total)
    bar = "█" * filled + "░" * (_BAR - filled)
    line = f"{bar} {100 * done / total:5.1f}%  {done:,}/{total:,}  {speed}"
    if rate and done < total:
        line += f"  {'还需' if lang == 'zh' else 'left'} {_clock((total - done) / rate)}"
    return line


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def summary_text(summary: Summary, out: str, refused: str, left_over: int, names: Names) -> str:
    """Give the counts by matter and outcome, and where answers and refused rows are."""
    pick = names.pick
    decided = summary.rows - summary.refused
    lines = [
        pick(
            f"共 {summary.rows:,} 行，作出决定 {decided:,} 行 → {out}",
            f"{decided:,} of {summary.rows:,} rows decided → {out}",
        )
    ]
    if summary.refused:
        lines.append(
            pick(
                f"退回 {summary.refused:,} 行，原因见 {refused}",
                f"{summary.refused:,} rows refused; the reasons are in {refused}",
            )
        )
    if left_over:
        lines.append(
            pick(
                f"{left_over:,} 份材料不属于任何请求，见 {refused}",
                f"{left_over:,} papers belong to no request; see {refused}",
            )
        )
    outcomes = list(summary.by_outcome())
    if not outcomes:
        return "\n".join(lines)
    rows = [["", *(pick(*WORDS[outcome]) for outcome in outcomes)]]
    for matter, counts in summary.by_matter().items():
        known = names.vocabulary.matters.get(matter) if matter is not None else None
        label = known.label(names.lang) if known is not None else matter or pick("没有写明事项", "no matter told")
        rows.append([label, *(f"{counts.get(outcome, 0):,}" for outcome in outcomes)])
    rows.append([pick("合计", "all"), *(f"{count:,}" for count in summary.by_outcome().values())])
    wide = [max(width(row[place]) for row in rows) for place in range(len(rows[0]))]
    for row in rows:
        cells = [padded(row[0], wide[0]), *(" " * (wide[i] - width(row[i])) + row[i] for i in range(1, len(row)))]
        lines.append("  " + "  ".join(cells).rstrip())
    return "\n".join(lines)

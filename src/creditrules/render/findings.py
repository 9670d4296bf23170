"""Findings as an author reads them: place, message, the author's own words underlined, and what to try."""

from __future__ import annotations

from collections.abc import Sequence

from creditrules.diagnostics import Finding
from creditrules.identifiers import masked_line, masked_number, masked_numbers
from creditrules.render.layout import Paint, width
from creditrules.wording import Lang

CAP = 50
_WINDOW = 100
_SEVERITY = {
    "zh": {"error": "错误", "warning": "提醒"},
    "en": {"error": "error", "warning": "warning"},
}
_HELP = {"zh": "帮助", "en": "help"}
_MORE = {"zh": "还有 {count} 条没有列出", "en": "{count} more are not shown"}


def findings_text(findings: Sequence[Finding], lang: Lang, paint: Paint | None = None, cap: int = CAP) -> str:
    """Show findings one after the other, at most `cap`, and say how many were left out."""
    paint = paint or Paint(False)
    blocks = [finding_text(finding, lang, paint) for finding in findings[:cap]]
    if len(findings) > cap:
        blocks.append(_MORE[lang].format(count=len(findings) - cap))
    return "\n".join(blocks)


def finding_text(finding: Finding, lang: Lang, paint: Paint) -> str:
    """Show one finding."""
    where = finding.where()
    colour = "red" if finding.severity == "error" else "yellow"
    label = paint(f"{_SEVERITY[lang][finding.severity]}[{finding.code}]", colour, "bold")
    lines = [f"{where + ': ' if where else ''}{label}: {finding.message(lang)}"]
    if finding.source is not None and finding.span is not None:
        lines += _quoted(finding, paint, colour)
    lines += [f"  {paint(_HELP[lang], 'cyan')}: {advice.text(lang)}" for advice in finding.help]
    return "\n".join(lines)


def _quoted(finding: Finding, paint: Paint, colour: str) -> list[str]:
    """Give the line of the author and the underline, cut to a window around the words where the line is long."""
    assert finding.source is not None
    assert finding.span is not None
    line = finding.source.line(finding.span.line).replace("\t", " ")
    words = finding.source.excerpt(finding.span).rstrip()
    if finding.code == "CR506":  # about an identity number, whatever it looks like
        line = line.replace(words, masked_number(words))
    line, words = masked_line(line), masked_numbers(words)
    start = min(finding.span.column - 1, len(line))
    length = max(1, len(words))
    if len(line) > _WINDOW:
        left = max(0, min(start - 30, len(line) - _WINDOW))
        head = "…" if left else ""
        tail = "…" if left + _WINDOW < len(line) else ""
        line = head + line[left : left + _WINDOW] + tail
        start = start - left + len(head)
        length = min(length, len(line) - len(tail) - start) or 1
    number = str(finding.span.line)
    shown = line[start : start + length]
    underline = " " * width(line[:start]) + "^" * max(1, width(shown))
    margin = " " * len(number)
    return [
        f"  {paint(number + ' |', 'blue')} {line}",
        f"  {paint(margin + ' |', 'blue')} {paint(underline, colour)}",
    ]

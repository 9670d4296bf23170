"""Every finding's code, name and message, in Chinese and English; each has a page in `docs/findings/`.

A message is one sentence without a full stop, the author's words in backticks; advice is kept apart, in `wording`.
"""

from __future__ import annotations

from typing import Literal

from creditrules.frozen import dataclass
from creditrules.wording import Lang


@dataclass(frozen=True, slots=True)
class Entry:
    """A kind of finding: its readable name, its message in both languages, and whether it stops a load."""

    name: str
    text: dict[Lang, str]
    severity: Literal["error", "warning"] = "error"


def _entry(name: str, zh: str, en: str, severity: Literal["error", "warning"] = "error") -> Entry:
    return Entry(name, {"zh": zh, "en": en}, severity)


CATALOGUE: dict[str, Entry] = {
    # 1xx: the text as YAML
    "CR101": _entry("yaml-syntax", "YAML 读不下去：{problem}", "the YAML cannot be read: {problem}"),
    "CR102": _entry(
        "yaml-alias", "不允许锚点和别名 `{text}`", "anchors and aliases such as `{text}` are not allowed"
    ),
    "CR103": _entry("yaml-tag", "不允许标签 `{text}`", "tags such as `{text}` are not allowed"),
    "CR104": _entry("merge-key", "不允许合并键 `<<`", "the merge key `<<` is not allowed"),
    "CR105": _entry("duplicate-key", "键 `{key}` 重复", "key `{key}` stands twice in one mapping"),
    "CR106": _entry(
        "several-documents",
        "一个文件只能有一份 YAML 文档",
        "a file holds one YAML document, this one has more",
    ),
    "CR107": _entry(
        "key-not-text", "键必须是单个词，不能是列表或映射", "a key must be a word, not a list or a mapping"
    ),
    "CR108": _entry(
        "too-large",
        "文本有 {bytes} 字节，超过上限 {limit}",
        "the text has {bytes} bytes, more than the limit of {limit}",
    ),
    "CR109": _entry("too-deep", "嵌套超过 {limit} 层", "nested deeper than {limit} levels"),
    "CR110": _entry("too-many-nodes", "超过 {limit} 个节点", "more than {limit} nodes"),
    "CR111": _entry("not-utf8", "第 {offset} 字节起不是 UTF-8", "not UTF-8 from byte {offset} on"),
    "CR112": _entry("empty-file", "文件是空的", "the file is empty"),
    "CR113": _entry(
        "too-many-rules",
        "有 {count} 条规则，超过上限 {limit}",
        "{count} rules, more than the limit of {limit}",
    ),
    "CR114": _entry("no-such-file", "找不到文件 `{name}`", "no file `{name}`"),
    # 2xx: names
    "CR201": _entry("unknown-key", "{place}没有键 `{key}`", "unknown key `{key}` in {place}"),
    "CR202": _entry("missing-key", "{place}缺少键 `{key}`", "{place} lacks the key `{key}`"),
    "CR203": _entry("wrong-shape", "`{key}` 应当是{wanted}", "`{key}` should be {wanted}"),
    "CR204": _entry("unknown-fact", "没有名为 `{name}` 的事实", "unknown fact `{name}`"),
    "CR205": _entry("unknown-name", "没有名为 `{name}` 的{kind}", "unknown {kind} `{name}`"),
    "CR206": _entry("unknown-term", "没有名为 `{name}` 的用语", "unknown term `{name}`"),
    "CR207": _entry("unknown-setting", "没有名为 `{name}` 的设置", "unknown setting `{name}`"),
    "CR208": _entry("unknown-clause", "条款 `{name}` 不在提纲里", "clause `{name}` is not in the outline"),
    "CR209": _entry("unknown-rule", "没有名为 `{name}` 的规则可供排除", "no rule `{name}` to override"),
    "CR210": _entry("duplicate-id", "{kind} `{name}` 用了两次", "{kind} `{name}` is used twice"),
    "CR211": _entry("wrong-format", "格式版本 `{text}` 不认识", "unknown format version `{text}`"),
    # 3xx: types and values
    "CR301": _entry("value-outside-type", "`{value}` 不是 `{fact}` 可取的值", "`{value}` is not a value of `{fact}`"),
    "CR302": _entry(
        "operator-does-not-fit",
        "`{fact}` 是{type}，不能用 `{operator}`",
        "`{operator}` does not fit `{fact}`, which is {type}",
    ),
    "CR303": _entry("not-a-date", "`{text}` 不是日期", "`{text}` is not a date"),
    "CR304": _entry("not-yes-or-no", "`{text}` 不是 true 或 false", "`{text}` is neither true nor false"),
    "CR305": _entry("not-a-number", "`{text}` 不是数", "`{text}` is not a number"),
    "CR306": _entry("not-one-of-the-words", "`{text}` 不能用作{place}", "`{text}` is not a word for {place}"),
    "CR307": _entry(
        "impossible-period",
        "期间 `{text}` 应当是 1 到 {limit} 的整数",
        "a period of `{text}` should be a whole number from 1 to {limit}",
    ),
    "CR308": _entry(
        "setting-type",
        "设置 `{name}` 是{type}，这里要{wanted}",
        "setting `{name}` is {type}, here it should be {wanted}",
    ),
    "CR309": _entry("blank-text", "`{fact}` 的值是空白", "the value of `{fact}` is blank"),
    "CR310": _entry(
        "fact-of-another-type", "`{fact}` 是{type}，这里要{wanted}", "`{fact}` is {type}, here it should be {wanted}"
    ),
    "CR311": _entry("not-a-name", "`{text}` 不能作名称", "`{text}` cannot be a name"),
    "CR312": _entry(
        "full-width-comma",
        "`{text}` 里是全角逗号，不会分成几项",
        "`{text}` has a full-width comma, which does not part a list",
    ),
    # 4xx: what belongs together
    "CR401": _entry(
        "matter-fact-without-matters",
        "规则没有 `matters`，条件却用了事项的事实 `{name}`",
        "the rule has no `matters`, but its condition reads `{name}`",
    ),
    "CR402": _entry(
        "paper-fact-outside-paper",
        "材料的事实 `{name}` 只能用在 `each: document` 的规则、`some`、`none` 和 `that` 里",
        "`{name}` is about a paper, and may stand only in a rule with `each: document`, in `some`, `none` and `that`",
    ),
    "CR403": _entry("term-circle", "用语绕成一圈：{circle}", "terms go round in a circle: {circle}"),
    "CR404": _entry(
        "override-circle",
        "规则互相排除，绕成一圈：{circle}",
        "rules override each other in a circle: {circle}",
    ),
    "CR405": _entry(
        "until-before-from",
        "最后一日 `{until}` 早于第一日 `{start}`",
        "the last day `{until}` is before the first day `{start}`",
    ),
    "CR406": _entry(
        "effect-out-of-place",
        "规则没有 {needs}，不能有 `{effect}`",
        "`{effect}` stands in a rule without {needs}",
    ),
    "CR407": _entry(
        "left-to-without-reading",
        "动词是 `{modality}`，`left_to` 要有 `reading` 说明",
        "`left_to` with the verb `{modality}` needs a `reading`",
    ),
    "CR408": _entry("nothing-in-it", "`{key}` 是空的", "`{key}` is empty"),
    "CR409": _entry(
        "prohibition-left-open",
        "禁止不能由人选择：规则属于 `{who}` 的选择",
        "a prohibition cannot be left to `{who}` to choose",
    ),
    "CR410": _entry(
        "papers-within-papers", "`{key}` 里面不能再有 `{inner}`", "`{inner}` may not stand within `{key}`"
    ),
    "CR411": _entry("absence-circle", "`only_if` 绕成一圈：{circle}", "`only_if` goes round in a circle: {circle}"),
    "CR412": _entry(
        "keys-do-not-go-together",
        "`{one}` 和 `{other}` 不能同时用",
        "`{one}` and `{other}` do not go together",
    ),
    "CR413": _entry("self-override", "规则 `{name}` 排除它自己", "rule `{name}` overrides itself"),
    # 5xx: requests
    "CR501": _entry("paper-without-kind", "材料没有写明类别", "a paper does not say its kind"),
    "CR502": _entry(
        "contradiction",
        "`{fact}` 给的是 {given}，但 {premise}，它只能是 {absent}",
        "`{fact}` is given as {given}, but {premise}, so it can only be {absent}",
    ),
    "CR503": _entry(
        "date-and-yes-no-differ",
        "`{fact}` 给的是 {given}，而 `{date}` 是 {day}，决定日是 {on}",
        "`{fact}` is given as {given}, but `{date}` is {day} and the day of the decision {on}",
    ),
    "CR504": _entry("no-day", "没有给出决定的日期", "the day of the decision is not given"),
    "CR505": _entry(
        "two-days",
        "请求里是 {inside}，另给的是 {outside}",
        "the request says {inside}, but {outside} is given too",
    ),
    "CR506": _entry("bad-identifier", "{kind} `{text}` 不对：{why}", "{kind} `{text}` is wrong: {why}"),
    "CR507": _entry("no-policy", "没有说用哪一份文件", "no policy is named"),
    "CR508": _entry("unknown-policy", "没有名为 `{name}` 的文件", "no policy `{name}`"),
    "CR510": _entry(
        "another-policy",
        "收据上的文件是 {there}，这里是 {here}",
        "the receipt is of policy {there}, this is {here}",
    ),
    "CR511": _entry(
        "another-result",
        "重算的结果与收据不同：收据 {there}，现在 {here}",
        "deciding again gives another result: {here}, the receipt says {there}",
    ),
    "CR512": _entry(
        "another-policy-named",
        "请求写的是 `{there}`，这份政策是 `{here}`",
        "the request names `{there}`, this policy is `{here}`",
    ),
    "CR509": _entry(
        "day-out-of-range", "日期 `{text}` 不在 1900 到 2199 年之间", "`{text}` is not between 1900 and 2199"
    ),
    "CR520": _entry(
        "engines-differ",
        "{kind} `{name}`：我们的结果是{ours}，第二引擎的结果是{theirs}",
        "{kind} `{name}`: {ours} by the evaluator, {theirs} by the second engine",
    ),
    "CR521": _entry(
        "engine-unavailable",
        "第二引擎用不了，没有核对：{why}",
        "the second engine could not be asked, so nothing was checked: {why}",
    ),
    "CR522": _entry(
        "before-the-present-day",
        "事件是 {day} 的，案件已经到了 {present}",
        "the event is of {day}, but the case has come to {present}",
    ),
    "CR523": _entry(
        "told-otherwise",
        "`{fact}` 已经是 {before}，不能就这样变成 {after}",
        "`{fact}` is {before} already, and does not become {after} just so",
    ),
    "CR524": _entry(
        "told-as-not-yet",
        "`{fact}` 在 {told} 说还没有发生，不会发生在 {day}",
        "`{fact}` was told on {told} as not having come, so it cannot have come on {day}",
    ),
    "CR540": _entry("unknown-column", "没有名为 `{name}` 的列", "unknown column `{name}`"),
    "CR541": _entry(
        "row-at-odds",
        "列 `{column}` 是 {given}，但这一行又给了 `{fact}`",
        "column `{column}` is {given}, but the row gives `{fact}` too",
    ),
    "CR542": _entry("not-a-table", "`{text}` 不是能读的表", "`{text}` is not a table that can be read"),
    "CR543": _entry("table-unreadable", "表 `{name}` 读不下去：{why}", "the table `{name}` cannot be read: {why}"),
    "CR544": _entry(
        "paper-of-no-request",
        "材料属于请求 `{name}`，但请求表里没有它",
        "a paper belongs to the request `{name}`, which is not among the rows",
    ),
    "CR545": _entry(
        "another-run",
        "`{name}` 里是另一次运行的结果，{what}不同",
        "`{name}` holds parts of another run: {what} differs",
    ),
    "CR546": _entry(
        "row-of-other-length",
        "这一行有 {found} 格，表头有 {wanted} 格",
        "the row has {found} cells, the heading {wanted}",
    ),
    "CR547": _entry("run-under-way", "`{name}` 正在由另一个进程写", "another process is writing `{name}`"),
    "CR548": _entry("cell-not-text", "`{column}` 一格不是 UTF-8 文字", "the cell `{column}` is not UTF-8 text"),
    "CR549": _entry(
        "quote-not-closed",
        "这一行有一个双引号没有合上，共有 {lines} 行文字落在里面",
        "a double quote in the row is not closed, and {lines} lines went into it",
    ),
    # 6xx: documents as wholes
    "CR530": _entry("unknown-warehouse", "不会写 `{name}` 的 SQL", "no SQL is written for `{name}`"),
    "CR531": _entry("no-extra", "没有安装附加组件 `{extra}`", "the extra `{extra}` is not installed"),
    "CR532": _entry("fact-of-no-matter", "没有事项，却给出了 `{fact}`", "there is no matter, but `{fact}` is given"),
    "CR533": _entry("paper-id", "材料编号没有、重复或含有 `|`", "the id of a paper is missing, taken, or holds `|`"),
    "CR601": _entry(
        "clause-uncovered",
        "条款 `{name}` 没有规则引用，也没有列入 `not_expressed`",
        "no rule cites clause `{name}`, and `not_expressed` does not list it",
    ),
    "CR602": _entry(
        "no-outline",
        "没有提纲 `{name}`，条款无法核对",
        "no outline `{name}`, so clauses cannot be checked",
        "warning",
    ),
    "CR603": _entry(
        "clause-in-both",
        "条款 `{name}` 有规则引用，又列入 `not_expressed`",
        "clause `{name}` is cited and listed in `not_expressed` too",
        "warning",
    ),
    "CR605": _entry("another-sort-of-file", "这是{kind}，不是政策文件", "this is {kind}, not a policy"),
    "CR606": _entry(
        "override-of-higher-rank",
        "`{name}` 属于层级更高的文件，不能排除",
        "`{name}` belongs to a document of higher rank, which this one cannot override",
    ),
    "CR607": _entry(
        "burden-only-below",
        "约束 `{name}` 只有下级文件有，上级文件没有",
        "the burden `{name}` is in this document alone, not in those above it",
        "warning",
    ),
    "CR604": _entry("unused-name", "{kind} `{name}` 没有用到", "{kind} `{name}` is not used", "warning"),
}

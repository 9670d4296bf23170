"""Every finding's code, name and wording, in Chinese and English; each has a page in `docs/findings/`.

Wording: one sentence without a full stop, the author's words in backticks, advice kept apart as help.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from creditrules.identifiers import masked_numbers

Lang = Literal["zh", "en"]


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
    # 6xx: documents as wholes
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

ADVICE: dict[str, dict[Lang, str]] = {
    "did-you-mean": {"zh": "是否想写 `{name}`？", "en": "did you mean `{name}`?"},
    "did-you-mean-labelled": {"zh": "是否想写 `{name}`（{label}）？", "en": "did you mean `{name}` ({label})?"},
    "look-above": {"zh": "对照上级文件：{names}", "en": "compare with the documents above: {names}"},
    "see-vocabulary": {"zh": "可用的名称见 `vocabulary.yaml`", "en": "the names are in `vocabulary.yaml`"},
    "quote-comma": {"zh": "文字里有逗号或冒号时要加引号", "en": "quote a text that holds a comma or colon"},
    "quote-bracket": {"zh": "以 `[` 或 `{{` 开头的文字要加引号", "en": "quote a text that begins with `[` or `{{`"},
    "one-of": {"zh": "可以写 `{names}`", "en": "one of `{names}`"},
    "write-out": {"zh": "在这里把值写全", "en": "write the value out here"},
    "close-bracket": {"zh": "补上右括号，或检查逗号", "en": "close the bracket, or look for a missing comma"},
    "close-quote": {"zh": "补上右引号", "en": "close the quote"},
    "full-width": {
        "zh": "全角的冒号、逗号、括号要改成半角的 `: , [ ]`",
        "en": "replace full-width marks by `: , [ ]`",
    },
    "no-tabs": {
        "zh": "用空格代替制表符；以特殊符号开头的文字加引号",
        "en": "spaces only, no tabs; quote text that begins with a special character",
    },
    "escape": {"zh": "双引号里的反斜杠要写两个，或改用单引号", "en": "double the backslash, or use single quotes"},
    "declare-term": {"zh": "用语在 `terms:` 里写明", "en": "terms are declared under `terms:`"},
    "declare-setting": {"zh": "设置在 `settings:` 里写明", "en": "settings are declared under `settings:`"},
    "declare-authority": {
        "zh": "机关在 `authorities:` 里写明",
        "en": "authorities are declared under `authorities:`",
    },
    "name-form": {"zh": "用字母、数字、- 和 _，不超过 60 个", "en": "letters, digits, - and _, at most 60"},
    "path-option": {"zh": "文件路径用 `--policy` 给出", "en": "give the path of a file with `--policy`"},
    "quote": {"zh": "给文字加上引号", "en": "put the text in quotes"},
    "true-false": {"zh": "写 `true` 或 `false`，不加引号", "en": "write `true` or `false`, without quotes"},
    "date-form": {"zh": "写成 2021-02-19 这样的日期", "en": "write a date such as 2021-02-19"},
    "day-form": {
        "zh": "写一个日期、`today`、日期事实的名称，或 {{working_days: 7, since: 日期}}",
        "en": "write a date, `today`, the name of a date fact, or {{working_days: 7, since: day}}",
    },
    "operators": {"zh": "这里可以用 `{names}`", "en": "here `{names}` may be used"},
    "first-place": {"zh": "第一次在第 {line} 行", "en": "the first is in line {line}"},
    "raise-limit": {"zh": "调用者可以调高上限", "en": "a caller may raise the limit"},
    "add-matters": {
        "zh": "写上 `matters: any`，或列出事项",
        "en": "add `matters: any`, or list the matters",
    },
    "add-each": {
        "zh": "写上 `each: document`，或把条件放进 `some: {{..}}`",
        "en": "add `each: document`, or put the condition in `some: {{..}}`",
    },
    "add-reading": {
        "zh": "加一行 `reading: ...` 写明为什么由人决定",
        "en": "add `reading: ...` to say why a person chooses",
    },
    "add-to-outline": {"zh": "条款的编号见 `{name}`", "en": "the clauses are in `{name}`"},
    "cite-or-list": {
        "zh": "写一条引用它的规则，或列入 `not_expressed` 并说明原因",
        "en": "write a rule that cites it, or list it in `not_expressed` with the reason",
    },
    "save-utf8": {"zh": "把文件另存为 UTF-8", "en": "save the file as UTF-8"},
    "split-effect": {"zh": "写成两条规则", "en": "make it two rules"},
    "drop-one": {"zh": "去掉其中一个", "en": "leave one of them out"},
    "give-kind": {"zh": "写上 `kind: credit_report` 之类", "en": "add `kind: credit_report`, for example"},
    "give-day": {
        "zh": "在请求里写 `on: 2021-06-01`，或用 `--on 2021-06-01`",
        "en": "write `on: 2021-06-01` in the request, or give `--on 2021-06-01`",
    },
    "give-policy": {
        "zh": "在请求里写 `policy: kunshan`，或用 `--policy`",
        "en": "write `policy: kunshan` in the request, or give `--policy`",
    },
    "yaml-colon": {
        "zh": "冒号后面要有空格；文字里有 `: ` 或以特殊符号开头时要加引号",
        "en": "a colon needs a space after it; quote text that holds `: ` or begins with a special character",
    },
    "indent": {
        "zh": "检查缩进：只用空格，同一层对齐",
        "en": "check the indentation: spaces only, one level in line",
    },
    "swap-days": {"zh": "两个日期是不是写反了？", "en": "are the two days swapped?"},
    "correct-one": {"zh": "改正其中一个", "en": "correct one of the two"},
}

# Words that messages are filled with and that have two languages themselves; written `@name` in a finding's words.
WORDS: dict[str, dict[Lang, str]] = {
    "mapping": {"zh": "映射（键: 值）", "en": "a mapping (key: value)"},
    "list": {"zh": "列表", "en": "a list"},
    "text": {"zh": "文字", "en": "text"},
    "text-or-list": {"zh": "文字或列表", "en": "text or a list"},
    "condition": {"zh": "条件（映射）", "en": "a condition (a mapping)"},
    "value": {"zh": "单个值", "en": "a single value"},
    "policy": {"zh": "政策文件", "en": "a policy"},
    "rule": {"zh": "规则", "en": "a rule"},
    "term": {"zh": "用语", "en": "a term"},
    "setting": {"zh": "设置", "en": "a setting"},
    "presumption": {"zh": "推定", "en": "a presumption"},
    "scope": {"zh": "适用范围", "en": "the scope"},
    "in-force": {"zh": "施行日期", "en": "`in_force`"},
    "effects": {"zh": "效果", "en": "the effects"},
    "effect": {"zh": "效果", "en": "an effect"},
    "period": {"zh": "期间", "en": "a period"},
    "alternative": {"zh": "备选项", "en": "an alternative"},
    "vocabulary": {"zh": "词汇表", "en": "the vocabulary"},
    "labels": {"zh": "名称", "en": "the labels"},
    "a-fact": {"zh": "事实", "en": "a fact"},
    "the-outcome": {"zh": "结论", "en": "an outcome"},
    "paper-status": {"zh": "材料的状态", "en": "the status of a paper"},
    "fact-heading": {"zh": "事实的名称（subject.…、matter.… 等）", "en": "the name of a fact (subject.…, matter.…)"},
    "a-condition": {"zh": "条件", "en": "a condition"},
    "matter": {"zh": "事项", "en": "matter"},
    "a-matter": {"zh": "事项", "en": "a matter"},
    "paper": {"zh": "材料", "en": "paper"},
    "a-paper": {"zh": "材料", "en": "a paper"},
    "act": {"zh": "行为", "en": "act"},
    "an-act": {"zh": "行为", "en": "an act"},
    "measure": {"zh": "措施", "en": "measure"},
    "a-measure": {"zh": "措施", "en": "a measure"},
    "source": {"zh": "来源", "en": "source"},
    "authority": {"zh": "机关", "en": "authority"},
    "outline": {"zh": "提纲", "en": "an outline"},
    "a-clause": {"zh": "条款", "en": "a clause"},
    "request": {"zh": "请求", "en": "a request"},
    "case": {"zh": "案例", "en": "a case"},
    "case-file": {"zh": "案例文件", "en": "a case file"},
    "expectation": {"zh": "预期结果", "en": "the expectation"},
    "the-word-rule": {"zh": "规则", "en": "rule"},
    "the-word-paper": {"zh": "材料", "en": "paper"},
    "the-word-setting": {"zh": "设置", "en": "setting"},
    "the-word-term": {"zh": "用语", "en": "term"},
    "modality": {"zh": "语气（modality）", "en": "`modality`"},
    "weight": {"zh": "分量（as）", "en": "`as`"},
    "recurrence": {"zh": "周期（every）", "en": "`every`"},
    "who-acts": {"zh": "行为人", "en": "actor"},
    "type": {"zh": "类型", "en": "a type"},
    "direction": {"zh": "方向（direction）", "en": "`direction`"},
    "changed-by": {"zh": "谁能改变（changed_by）", "en": "`changed_by`"},
    "bar": {"zh": "如何排除（bars）", "en": "`bars`"},
    "class": {"zh": "条款类别", "en": "the class of a clause"},
    "why-not-expressed": {"zh": "未表达的原因", "en": "`not_expressed`"},
    "bool": {"zh": "是/否", "en": "a yes/no fact"},
    "str": {"zh": "文字", "en": "a text"},
    "number": {"zh": "数", "en": "a number"},
    "date": {"zh": "日期", "en": "a date"},
    "enum": {"zh": "单选值", "en": "one of a set of values"},
    "level": {"zh": "分级值", "en": "a level"},
    "enum-list": {"zh": "列表", "en": "a list"},
    "date-list": {"zh": "日期列表", "en": "a list of dates"},
    "str-list": {"zh": "文字列表", "en": "a list of texts"},
    "credit-code": {"zh": "统一社会信用代码", "en": "unified social credit code"},
    "citizen-number": {"zh": "公民身份号码", "en": "citizen number"},
    "wrong-length": {"zh": "长度不对", "en": "its length is wrong"},
    "wrong-characters": {"zh": "有不该出现的字符", "en": "it has characters that cannot stand there"},
    "wrong-check": {"zh": "校验位不符", "en": "the check character does not fit"},
    "wrong-birthday": {"zh": "出生日期不存在", "en": "the date of birth does not exist"},
}


_LONGEST = 200  # characters of an author's word that are shown
_OURS = frozenset({"place", "wanted", "kind", "type", "why"})  # places an author's words never fill


def filled(template: str, words: tuple[tuple[str, str], ...], lang: Lang) -> str:
    """Fill a message's places; in some of them, words such as `@matter` are put in the language asked for."""
    ready = {}
    for key, word in words:
        ours = key in _OURS and word.startswith("@")
        ready[key] = WORDS[word[1:]][lang] if ours else PROBLEMS.get(word, word) if _in_chinese(key, lang) else word
    return template.format(**{key: _on_one_line(word) for key, word in ready.items()})


def _in_chinese(key: str, lang: Lang) -> bool:
    return key == "problem" and lang == "zh"


def _on_one_line(text: str) -> str:
    """Show what cannot be printed by its code, cut what is very long, and hide identity numbers."""
    shown = "".join(one if one.isprintable() else repr(one)[1:-1] for one in text[: _LONGEST + 1])
    return masked_numbers(shown if len(text) <= _LONGEST else shown[:_LONGEST] + "…")


# What the YAML parser says, in Chinese; what is not here stays English.
PROBLEMS: dict[str, str] = {
    "could not find expected ':'": "这里应当有冒号",
    "mapping values are not allowed in this context": "这里不能再有“键: 值”",
    "did not find expected ',' or ']'": "列表缺少逗号或右方括号",
    "did not find expected ',' or '}'": "映射缺少逗号或右花括号",
    "found unexpected end of stream": "引号没有合上",
    "found character that cannot start any token": "有不能这样开头的字符",
    "did not find expected key": "这里应当是键，缩进可能没有对齐",
    "did not find expected '-' indicator": "列表项没有对齐",
    "did not find expected node content": "这里缺少内容",
    "control characters are not allowed": "有不允许的控制字符",
    "block sequence entries are not allowed in this context": "这里不能有“- ”列表项",
    "found unknown escape character": "双引号里有不认识的转义",
    "did not find expected <document start>": "开头不是 YAML 的映射",
    "found a tab character where an indentation space is expected": "缩进里有制表符",
}

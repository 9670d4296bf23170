"""The words of findings beside their messages: advice, words filled in, the YAML parser's complaints in Chinese."""

from __future__ import annotations

from typing import Literal

from creditrules.identifiers import masked_numbers

Lang = Literal["zh", "en"]

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
    "install-extra": {
        "zh": "运行 `python -m pip install 'creditrules[{extra}]'`",
        "en": "run `python -m pip install 'creditrules[{extra}]'`",
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
    "fewer-rules": {
        "zh": "展开后超过 {limit} 个合取式；分成几份文件分别核对",
        "en": "it comes to more than {limit} conjunctions; check its documents one by one",
    },
    "engine-said": {"zh": "原话：{why}", "en": "in its own words: {why}"},
    "install-rete": {
        "zh": "`pip install 'creditrules[rete]'`，要有 C 编译器，Python 要低于 3.13",
        "en": "`pip install 'creditrules[rete]'`, with a C compiler, on Python below 3.13",
    },
    "correct-it": {
        "zh": "如果原来说错了，用 `correct=True` 更正",
        "en": "if it was told wrongly before, correct it with `correct=True`",
    },
    "correct-one": {"zh": "改正其中一个", "en": "correct one of the two"},
    "quote-cells": {
        "zh": "含逗号、引号、换行的格用双引号括起来",
        "en": "put a cell with a comma, a quote or a line break into double quotes",
    },
    "close-quotes": {
        "zh": "补上右引号；格里的双引号写两个",
        "en": "close the quote; a double quote inside a cell is written twice",
    },
    "close-quotes-after": {
        "zh": "从第 {row} 行（由 0 数起）往下找没有合上的双引号",
        "en": "from row {row} on (counted from 0), look for a double quote that is not closed",
    },
    "name-columns": {
        "zh": "第一行写列名，如 `id,subject.kind,matter.code`",
        "en": "name the columns in the first line, as in `id,subject.kind,matter.code`",
    },
    "named-twice": {"zh": "`{name}` 只留一列", "en": "leave one column `{name}`"},
    "table-kinds": {
        "zh": "可以是 Arrow、pandas、Polars 的表，DuckDB 的关系，或 .parquet、.csv 文件",
        "en": "an Arrow, pandas or Polars table, a DuckDB relation, or a .parquet or .csv file",
    },
    "start-anew": {
        "zh": "换一个输出文件，或删掉 `{name}` 重新开始",
        "en": "give another output, or remove `{name}` to start anew",
    },
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
    "the-policy": {"zh": "政策", "en": "the policy"},
    "the-input": {"zh": "输入的表", "en": "the input"},
    "the-options": {"zh": "选项", "en": "an option"},
    "the-version": {"zh": "creditrules 的版本", "en": "the version of creditrules"},
    "the-word-request": {"zh": "请求", "en": "request"},
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
    "engine-name": {"zh": "引擎（verify）", "en": "an engine (`verify`)"},
    "engine-missing": {"zh": "没有安装", "en": "it is not installed"},
    "engine-gone": {"zh": "它两次没有回答", "en": "it failed to answer twice"},
    "engine-start": {"zh": "启动不了", "en": "it could not be started"},
    "engine-too-large": {"zh": "政策太大", "en": "the policy is too large for it"},
    "paper-test": {"zh": "材料状态的一步", "en": "the test of a paper"},
    "outcome-test": {"zh": "结论的一步", "en": "the test of the outcome"},
    "said-held": {"zh": "成立", "en": "held"},
    "said-failed": {"zh": "不成立", "en": "did not hold"},
    "said-untold": {"zh": "无法判断", "en": "could not be told"},
    "paper-use": {"zh": "材料的使用", "en": "the use of a paper"},
    "the-document": {"zh": "文件是否适用", "en": "whether a document applies"},
    "the-requirement": {"zh": "需要的材料", "en": "a requirement"},
    "the-option": {"zh": "可选", "en": "an option"},
    "what-is-weighed": {"zh": "参考因素", "en": "what is weighed"},
    "the-referral": {"zh": "移交处理", "en": "a referral"},
    "the-duty": {"zh": "义务", "en": "a duty"},
    "the-violation": {"zh": "违规", "en": "a breach"},
    "the-conflict": {"zh": "奖惩冲突", "en": "a conflict"},
    "the-difference": {"zh": "文件之间的不同", "en": "a difference between documents"},
    "what-is-untold": {"zh": "尚不能确定的规则", "en": "a rule that cannot be told"},
    "said-nothing": {"zh": "没有这一项", "en": "not there"},
    "said-both": {"zh": "既成立又不成立", "en": "both held and did not hold"},
    "csv-no-heading": {"zh": "没有表头", "en": "there is no heading"},
    "csv-name-twice": {"zh": "表头里有一个名称出现两次", "en": "a name stands twice in the heading"},
    "csv-heading-not-utf8": {"zh": "表头不是 UTF-8 文字", "en": "the heading is not UTF-8"},
    "csv-open-heading": {"zh": "表头里的双引号没有合上", "en": "a double quote in the heading is not closed"},
    "csv-row-too-long": {"zh": "有一行太长（超过 16 MB）", "en": "a row is too long (over 16 MB)"},
    "wrong-length": {"zh": "长度不对", "en": "its length is wrong"},
    "wrong-characters": {"zh": "有不该出现的字符", "en": "it has characters that cannot stand there"},
    "wrong-check": {"zh": "校验位不符", "en": "the check character does not fit"},
    "wrong-birthday": {"zh": "出生日期不存在", "en": "the date of birth does not exist"},
}


_LONGEST = 200  # characters of an author's word that are shown
_OURS = frozenset(
    {"place", "wanted", "kind", "type", "why", "what", "ours", "theirs"}
)  # places an author's words never fill


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

"""Small pieces of SQL as trees: texts, tests, Kleene's connectives, cases. Nothing here pastes text together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from sqlglot import exp

Node = exp.Expression
Kind = Callable[..., Node]  # a class of trees
END = "|"  # ends every entry of a list that is built up as text


def column(name: str, table: str | None = None) -> exp.Column:
    """Name a column, quoted, for names hold dots."""
    return exp.column(name, table=table, quoted=True)


def text(value: str) -> Node:
    """Give a text as a literal."""
    return exp.Literal.string(value)


def number(value: object) -> Node:
    """Give a number as a literal."""
    return exp.Literal.number(str(value))


def truth(value: bool) -> Node:
    """Give yes or no."""
    return exp.Boolean(this=value)


def unknown(type_: str | None = None) -> Node:
    """Give NULL, of a type where one is named."""
    return exp.Null() if type_ is None else exp.cast(exp.Null(), type_)


def wrapped(node: Node) -> Node:
    """Put brackets round what is no single thing."""
    return exp.Paren(this=node) if isinstance(node, exp.Binary | exp.Not | exp.In) else node


def is_null(node: Node) -> Node:
    """Ask whether something is unknown."""
    return exp.Is(this=wrapped(node.copy()), expression=exp.Null())


def is_told(node: Node) -> Node:
    """Ask whether something is known."""
    return exp.Not(this=is_null(node))


def negated(node: Node) -> Node:
    """Kleene's *not*."""
    if isinstance(node, exp.Boolean):
        return truth(not node.this)
    if isinstance(node, exp.Not):
        inner = node.this
        bare: Node = inner.this if isinstance(inner, exp.Paren) else inner
        return bare.copy()
    return exp.Not(this=wrapped(node.copy()))


def _balanced(kind: Kind, nodes: Sequence[Node]) -> Node:
    """Join many nodes by one operator without building a deep tree."""
    if len(nodes) == 1:
        return nodes[0]
    middle = len(nodes) // 2
    return kind(this=_balanced(kind, nodes[:middle]), expression=_balanced(kind, nodes[middle:]))


def _connected(kind: Kind, nodes: Iterable[Node], neutral: bool) -> Node:
    kept: dict[Node, None] = {}
    for node in nodes:
        if isinstance(node, exp.Boolean):
            if bool(node.this) is not neutral:
                return truth(not neutral)
            continue
        kept.setdefault(node)
    if not kept:
        return truth(neutral)
    if len(kept) == 1:
        return next(iter(kept)).copy()
    inner = [exp.Paren(this=node.copy()) if isinstance(node, exp.Connector) else node.copy() for node in kept]
    return _balanced(kind, inner)


def all_of(nodes: Iterable[Node]) -> Node:
    """Kleene's *and*, which is SQL's; of nothing it is true."""
    return _connected(exp.And, nodes, True)


def any_of(nodes: Iterable[Node]) -> Node:
    """Kleene's *or*, which is SQL's; of nothing it is false."""
    return _connected(exp.Or, nodes, False)


def case(*whens: tuple[Node, Node], otherwise: Node | None = None) -> Node:
    """Give the value beside the first condition that holds; one that cannot be told does not."""
    ifs = []
    for when, then in whens:
        if isinstance(when, exp.Boolean):
            if not when.this:
                continue
            otherwise = then
            break
        ifs.append(exp.If(this=when.copy(), true=then.copy()))
    default = exp.Null() if otherwise is None else otherwise.copy()
    return exp.Case(ifs=ifs, default=default) if ifs else default


def compared(kind: Kind, left: Node, right: Node) -> Node:
    """Compare two values."""
    return kind(this=wrapped(left.copy()), expression=wrapped(right.copy()))


def one_of(node: Node, values: Sequence[Node]) -> Node:
    """Ask whether a value is among some; where it is unknown, that is unknown, even if there are none."""
    if not values:
        return all_of((is_null(node), exp.Null()))
    if len(values) == 1:
        return compared(exp.EQ, node, values[0])
    return exp.In(this=wrapped(node.copy()), expressions=[value.copy() for value in values])


def surely(node: Node) -> Node:
    """Ask whether something holds and is known to."""
    return (
        node.copy() if isinstance(node, exp.Boolean) else exp.Coalesce(this=node.copy(), expressions=[truth(False)])
    )


def perhaps(node: Node) -> Node:
    """Ask whether something holds or cannot be told."""
    return node.copy() if isinstance(node, exp.Boolean) else exp.Coalesce(this=node.copy(), expressions=[truth(True)])


def or_else(node: Node, default: Node) -> Node:
    """Give a value, or another where it is unknown."""
    return exp.Coalesce(this=node.copy(), expressions=[default.copy()])


def joined(parts: Iterable[Node | None]) -> Node | None:
    """Join texts; `None` where there are none. Neighbouring literals become one."""
    kept: list[Node] = []
    for part in parts:
        if part is None or (isinstance(part, exp.Literal) and part.this == ""):
            continue
        if kept and isinstance(part, exp.Literal) and isinstance(kept[-1], exp.Literal):
            kept[-1] = text(kept[-1].this + part.this)
        else:
            kept.append(part.copy())
    return _balanced(exp.DPipe, kept) if kept else None


def entry_if(when: Node, entry: Node | None) -> Node | None:
    """Give a text where a condition holds, and an empty one otherwise."""
    if entry is None or (isinstance(when, exp.Boolean) and not when.this):
        return None
    return case((when, entry), otherwise=text(""))

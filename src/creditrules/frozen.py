"""Frozen records made at import in a fraction of the time: what compares, shows and guards them is shared."""

from __future__ import annotations

from typing import TYPE_CHECKING

__all__ = ["dataclass"]

if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    import dataclasses
    import sys
    from collections.abc import Callable
    from dataclasses import MISSING, Field, FrozenInstanceError, fields
    from operator import attrgetter

    def dataclass(*, frozen: bool, slots: bool, eq: bool = True, kw_only: bool = False) -> Callable[[type], type]:
        """Make a class what the standard library's `dataclass` makes of it, a frozen one."""
        assert frozen

        def make(kind: type) -> type:
            bases = [vars(one)[_SAID] for one in kind.__mro__[1:] if _SAID in vars(one)]
            _say(bases, frozen=False)  # or it would refuse to make one that it does not guard itself
            try:
                made = dataclasses.dataclass(slots=slots, kw_only=kw_only, init=False, eq=False, repr=False)(kind)
            finally:
                _say(bases, frozen=True)
            _say([vars(made)[_SAID]], frozen=True, init=True, eq=eq, repr=True)
            made.__init__ = _filling(made)
            made.__setattr__, made.__delattr__ = _not_set, _not_deleted
            if slots:
                made.__getstate__, made.__setstate__ = _state, _restore
            if "__repr__" not in vars(kind):
                made.__repr__ = _shown
            if eq:
                made.__eq__, made.__hash__ = _comparison(made)
            return made

        return make

    class _Factory:
        def __repr__(self) -> str:
            return "<factory>"

    _FACTORY = _Factory()  # stands for what a factory makes
    _SAID = "__dataclass_params__"  # where a class made by `dataclass` says how

    def _say(params: list[object], **said: bool) -> None:
        for one in params:
            for name, value in said.items():
                setattr(one, name, value)

    def _filling(kind: type) -> Callable[..., None]:
        """Write what sets the fields of a new record; nothing else can."""
        names: dict[str, object] = {"put": object.__setattr__, "FACTORY": _FACTORY}
        lines = [_set(field, names) for field in fields(kind)]
        if hasattr(kind, "__post_init__"):
            lines.append("self.__post_init__()")
        given = [_given(field, names) for field in fields(kind) if field.init and not field.kw_only]
        named = [_given(field, names) for field in fields(kind) if field.init and field.kw_only]
        head = ", ".join(["self", *given, *(["*", *named] if named else [])])
        body = "".join(f"  {line}\n" for line in [*lines, "pass"])
        made: dict[str, Callable[..., Callable[..., None]]] = {}
        text = f"def within({', '.join(names)}):\n def __init__({head}):\n{body} return __init__"
        exec(text, sys.modules[kind.__module__].__dict__, made)  # of names of fields alone
        init = made["within"](**names)
        init.__qualname__ = f"{kind.__qualname__}.__init__"
        init.__annotations__ = {field.name: field.type for field in fields(kind) if field.init} | {"return": None}
        return init

    def _given(field: Field, names: dict[str, object]) -> str:
        if field.default is MISSING and field.default_factory is MISSING:
            return field.name
        names[f"default_{field.name}"] = _FACTORY if field.default is MISSING else field.default
        return f"{field.name}=default_{field.name}"

    def _set(field: Field, names: dict[str, object]) -> str:
        name = field.name
        if field.default_factory is not MISSING:
            names[f"made_{name}"] = field.default_factory
            return f"put(self, {name!r}, made_{name}() if {name} is FACTORY else {name})"
        if field.init:
            return f"put(self, {name!r}, {name})"
        names[f"default_{name}"] = field.default
        return "pass" if field.default is MISSING else f"put(self, {name!r}, default_{name})"

    def _not_set(one: object, name: str, value: object) -> None:
        raise FrozenInstanceError(f"cannot assign to field {name!r}")

    def _not_deleted(one: object, name: str) -> None:
        raise FrozenInstanceError(f"cannot delete field {name!r}")

    def _state(one: object) -> list[object]:
        """Give the fields of a record that goes to another process."""
        return [getattr(one, field.name) for field in fields(one)]

    def _restore(one: object, state: list[object]) -> None:
        for field, value in zip(fields(one), state, strict=True):
            object.__setattr__(one, field.name, value)

    def _comparison(kind: type) -> tuple[Callable[[object, object], bool], Callable[[object], int]]:
        """Give what compares two records of one kind by their fields, and the hash that goes with it."""
        names = [field.name for field in fields(kind) if field.compare]
        values = attrgetter(*names) if names else lambda _: ()

        def equal(one: object, other: object) -> bool:
            return values(one) == values(other) if one.__class__ is other.__class__ else NotImplemented

        return equal, lambda one: hash(values(one))

    def _shown(one: object) -> str:
        shown = ", ".join(f"{field.name}={getattr(one, field.name)!r}" for field in fields(one) if field.repr)
        return f"{type(one).__qualname__}({shown})"

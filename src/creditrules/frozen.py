"""Frozen records made at import in a fraction of the time: what compares, shows and guards them is shared, not written
for each."""

from __future__ import annotations

from typing import TYPE_CHECKING

__all__ = ["dataclass"]

if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    import dataclasses
    from collections.abc import Callable
    from dataclasses import MISSING, Field, FrozenInstanceError, fields
    from operator import attrgetter

    def dataclass(*, frozen: bool, slots: bool, eq: bool = True, kw_only: bool = False) -> Callable[[type], type]:
        """Make a class what the standard library's `dataclass` makes of it, a frozen one."""
        assert frozen

        def make(kind: type) -> type:
            made = dataclasses.dataclass(slots=slots, kw_only=kw_only, init=False, eq=False, repr=False)(kind)
            made.__init__ = _filling(made)
            made.__setattr__ = made.__delattr__ = _refused
            made.__setstate__ = _restored
            if "__repr__" not in vars(kind):
                made.__repr__ = _shown
            if eq:
                made.__eq__, made.__hash__ = _comparison(made)
            return made

        return make

    def _filling(kind: type) -> Callable[..., None]:
        """Write what sets the fields of a new record; nothing else can."""
        names: dict[str, object] = {"put": object.__setattr__, "MISSING": MISSING}
        lines = [_set(field, names) for field in fields(kind)]
        if hasattr(kind, "__post_init__"):
            lines.append(" self.__post_init__()")
        given = [_given(field, names) for field in fields(kind) if field.init and not field.kw_only]
        named = [_given(field, names) for field in fields(kind) if field.init and field.kw_only]
        head = ", ".join(["self", *given, *(["*", *named] if named else [])])
        exec("\n".join([f"def __init__({head}):", *lines, " pass"]), names)  # of names of fields alone
        made = names["__init__"]
        made.__qualname__, made.__module__ = f"{kind.__qualname__}.__init__", kind.__module__
        made.__annotations__ = {field.name: field.type for field in fields(kind) if field.init} | {"return": None}
        return made

    def _given(field: Field, names: dict[str, object]) -> str:
        if field.default is MISSING and field.default_factory is MISSING:
            return field.name
        names[f"default_{field.name}"] = field.default  # `MISSING` where a factory makes it
        return f"{field.name}=default_{field.name}"

    def _set(field: Field, names: dict[str, object]) -> str:
        name = field.name
        if field.default_factory is not MISSING:
            names[f"made_{name}"] = field.default_factory
            return f" put(self, {name!r}, made_{name}() if {name} is MISSING else {name})"
        if field.init:
            return f" put(self, {name!r}, {name})"
        names[f"default_{name}"] = field.default
        return " pass" if field.default is MISSING else f" put(self, {name!r}, default_{name})"

    def _refused(one: object, name: str, *_: object) -> None:
        raise FrozenInstanceError(f"{type(one).__qualname__} is frozen: {name}")

    def _restored(one: object, state: tuple[object, dict[str, object] | None] | dict[str, object]) -> None:
        """Set the fields of a record that comes from another process."""
        for part in state if isinstance(state, tuple) else (state,):
            for name, value in (part or {}).items():
                object.__setattr__(one, name, value)

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

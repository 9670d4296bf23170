"""Frozen records are what the standard library's `dataclass` makes, in every way that is used."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
from collections.abc import Callable
from dataclasses import FrozenInstanceError, field, replace
from typing import Any, get_type_hints

import pytest

import creditrules as cr
from creditrules.frozen import dataclass as ours


def _kinds(dataclass: Callable[..., Callable[[type], type]], *, slots: bool) -> tuple[type, type]:
    """Make a record with a field of every sort, and one that adds to it."""

    @dataclass(frozen=True, slots=slots)
    class Base:
        a: int
        b: str = "b"
        made: dict[str, int] = field(default_factory=dict)
        hidden: int = field(default=0, repr=False, compare=False)
        told: str = field(default="told", init=False)

    @dataclass(frozen=True, slots=slots, kw_only=True)
    class More(Base):
        c: int
        d: tuple[int, ...] = ()

        def __post_init__(self) -> None:
            object.__setattr__(self, "c", self.c + 1)

    return Base, More


OURS, THEIRS = _kinds(ours, slots=True), _kinds(dataclasses.dataclass, slots=True)
WITH_DICT = _kinds(ours, slots=False)
GIVEN: list[tuple[int, tuple[Any, ...], dict[str, Any]]] = [
    (0, (1,), {}),
    (0, (1, "x", {"y": 2}), {"hidden": 4}),
    (0, (), {"a": 3, "made": {}}),
    (1, (1,), {"c": 2}),
    (1, (1, "x"), {"c": 2, "d": (3,)}),
]


def _public(*kinds: type) -> None:
    """Let pickle find classes made in a function."""
    for kind in kinds:
        kind.__qualname__ = f"{kind.__name__}_{id(kind)}"
        globals()[kind.__qualname__] = kind


_public(*OURS, *WITH_DICT)


@pytest.mark.parametrize("kinds", [OURS, WITH_DICT], ids=["slots", "dict"])
@pytest.mark.parametrize(("which", "args", "named"), GIVEN, ids=str)
def test_a_record_holds_what_the_standard_one_holds(
    kinds: tuple[type, type], which: int, args: tuple[Any, ...], named: dict[str, Any]
) -> None:
    one, other = kinds[which](*args, **named), THEIRS[which](*args, **named)
    assert dataclasses.asdict(one) == dataclasses.asdict(other)
    assert repr(one).partition("(")[2] == repr(other).partition("(")[2]
    assert one == kinds[which](*args, **{**named, "hidden": 9})
    assert one != kinds[which](*args[:0], **{**named, "a": 99})
    assert one != other
    assert hasattr(one, "__dict__") == (kinds is WITH_DICT)
    assert dataclasses.asdict(replace(one, b="z")) == dataclasses.asdict(replace(other, b="z"))
    sent = [pickle.loads(pickle.dumps(one, protocol)) for protocol in range(pickle.HIGHEST_PROTOCOL + 1)]
    for same in (copy.copy(one), copy.deepcopy(one), *sent):
        assert dataclasses.asdict(same) == dataclasses.asdict(one)


@pytest.mark.parametrize("which", [0, 1])
def test_the_same_calls_are_refused(which: int) -> None:
    for args, named in [((), {}), ((1, 2, 3, 4, 5), {"c": 1}), ((1,), {"c": 1, "told": "x"}), ((1,), {"e": 1})]:
        with pytest.raises(TypeError) as theirs:
            THEIRS[which](*args, **named)
        with pytest.raises(TypeError) as made:
            OURS[which](*args, **named)
        assert str(made.value).partition("()")[2] == str(theirs.value).partition("()")[2]


def test_nothing_can_be_set_or_removed() -> None:
    one = OURS[0](1)
    for name in ("a", "told", "new"):
        with pytest.raises(FrozenInstanceError, match=f"cannot assign to field '{name}'"):
            setattr(one, name, 2)
        with pytest.raises(FrozenInstanceError, match=f"cannot delete field '{name}'"):
            delattr(one, name)
    assert one == OURS[0](1)


def test_what_a_factory_makes_is_not_shared() -> None:
    assert OURS[0](1).made is not OURS[0](1).made


def test_records_of_simple_values_can_be_keys() -> None:
    @ours(frozen=True, slots=True)
    class Key:
        a: int
        note: str = field(default="", compare=False)

    assert {Key(1, "x"): 1}[Key(1, "y")] == 1
    assert len({Key(1), Key(2), Key(1)}) == 2


@dataclasses.dataclass(frozen=True)
class Noted(cr.Finding):
    note: str = ""


def test_callers_may_add_to_a_record_in_the_standard_way() -> None:
    one = Noted("CR301", None, None, note="x")
    assert (one.code, one.note, replace(one, note="y").note) == ("CR301", "x", "y")
    with pytest.raises(FrozenInstanceError):
        one.code = "CR302"  # type: ignore[misc]
    with pytest.raises(TypeError, match="cannot inherit non-frozen dataclass from a frozen one"):
        dataclasses.dataclass(type("Open", (cr.Finding,), {"__annotations__": {"note": str}}))


def test_a_record_says_of_itself_what_the_standard_one_says() -> None:
    for one, other in zip(OURS, THEIRS, strict=True):
        ours_say, theirs_say = one.__dataclass_params__, other.__dataclass_params__
        assert repr(ours_say) == repr(theirs_say)
        assert str(inspect.signature(one)) == str(inspect.signature(other))
    hints = get_type_hints(cr.Finding.__init__)
    assert hints["code"] is str

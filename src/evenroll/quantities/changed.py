"""A frozen value with some fields changed: what folds of events do all day, without making every field anew."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import fields
from functools import cache
from itertools import repeat
from operator import attrgetter, call
from types import MappingProxyType
from typing import Any, Final, TypeAlias, TypeVar, cast

T = TypeVar("T")
_Put: TypeAlias = Callable[[object, object], None]
_run: Final = deque[None](maxlen=0).extend
"""Takes every item of an iterator and keeps none."""

_put: Final = cast("Callable[[_Put, object, object], None]", call)


def changed(value: T, **changes: Any) -> T:
    """The value with these fields in place of its own; the same as `dataclasses.replace`, in a third of its time.

    value: of a frozen dataclass, with slots and at least two fields, or without slots. It is not checked again:
    `__post_init__` is for values that come from outside. Raises KeyError for a name that is no field.
    """
    new = object.__new__(type(value))
    own: dict[str, object] | None = getattr(value, "__dict__", None)
    if own is not None:
        _copied(new, own, changes)
        return new
    read, puts, by_name = _plan(type(value))
    _run(map(_put, puts, repeat(new), read(value)))
    for name, item in changes.items():
        by_name[name](new, item)
    return new


def _copied(new: object, own: dict[str, object], changes: dict[str, object]) -> None:
    fields_of_new = new.__dict__
    fields_of_new.update(own, **changes)
    if len(fields_of_new) != len(own):
        raise KeyError(*(changes.keys() - own.keys()))


@cache
def _plan(type_: type[object]) -> tuple[Callable[[object], tuple[object, ...]], tuple[_Put, ...], Mapping[str, _Put]]:
    """How a type is read at once, and how each of its slots is set, in the order of its fields."""
    names = [field.name for field in fields(cast("Any", type_))]
    by_name: dict[str, _Put] = {name: getattr(type_, name).__set__ for name in names}
    return attrgetter(*names), tuple(by_name.values()), MappingProxyType(by_name)

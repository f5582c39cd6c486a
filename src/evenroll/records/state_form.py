"""The form in which a release writes a state: a short text that changes when the fields of the state do."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import is_dataclass
from functools import cache
from types import UnionType
from typing import Any, Final, Union, get_args, get_origin, get_type_hints

from evenroll.quantities.codec import text_of
from evenroll.quantities.writing import NO_DEFAULT, default_of, value_fields

FORM: Final = "_form"
"""The name under which a row keeps its form, beside the fields of its state."""

HASH_LENGTH: Final = 8


@cache
def schema_of(type_: type[Any]) -> str:
    """Eight hexadecimal digits over the fields of a state, their types and defaults, and those of all values in it.

    The members of an enum have no part in it: a new one changes nothing in what is written already.
    """
    lines = sorted(_described(type_, set()))
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:HASH_LENGTH]


def _described(type_: type[Any], seen: set[type[Any]]) -> Iterator[str]:
    """One line for each field of each dataclass that a value of this type may hold."""
    seen.add(type_)
    hints = get_type_hints(type_)
    for field in value_fields(type_):
        default = default_of(field)
        written = "" if default is NO_DEFAULT else text_of(default)
        yield f"{type_.__name__}.{field.name}: {_name(hints[field.name])} = {written}"
        for inner in _dataclasses_in(hints[field.name]):
            if inner not in seen:
                yield from _described(inner, seen)


def _dataclasses_in(hint: Any) -> Iterator[type[Any]]:
    hint = getattr(hint, "__supertype__", hint)
    if isinstance(hint, type) and is_dataclass(hint):
        yield hint
    for argument in get_args(hint):
        yield from _dataclasses_in(argument)


def _name(hint: Any) -> str:
    hint = getattr(hint, "__supertype__", hint)
    arguments = ", ".join(_name(each) for each in get_args(hint))
    origin = get_origin(hint)
    # Python names a union in different ways from version to version.
    plain = "either" if origin in (Union, UnionType) else getattr(origin or hint, "__name__", repr(hint))
    return f"{plain}[{arguments}]" if arguments else plain

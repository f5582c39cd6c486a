"""JSON as it is kept: without fractions, in one canonical text, and refused with the place that is wrong."""

from collections.abc import Callable
from json.encoder import JSONEncoder
from json.encoder import encode_basestring as _quoted
from types import NoneType
from typing import Any, TypeAlias, TypeVar, cast

JsonValue: TypeAlias = "bool | int | str | list[JsonValue] | dict[str, JsonValue] | None"
"""JSON without fractions: a float would not come back the same, so none is let in."""

T = TypeVar("T")


class CodecRefused(ValueError):
    """A value or a JSON cannot be translated; `path` says where. The message never repeats the value itself."""

    def __init__(self, reason: str, *, path: tuple[str | int, ...] = ()) -> None:
        super().__init__(reason)
        self.reason = reason
        self.path = path

    def __str__(self) -> str:
        steps = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in self.path)
        return f"At ${steps}: {self.reason}"

    def under(self, step: str | int) -> "CodecRefused":
        """The same refusal, seen from one level further up."""
        return type(self)(self.reason, path=(step, *self.path))


class NotKnown(CodecRefused):
    """A JSON names a field or a code that there is not: perhaps one that came later."""


def canonical(json: JsonValue) -> str:
    """The one text of a JSON: keys sorted, no spaces, characters as they are (after RFC 8785; keys by code point).

    Integers are written in full whatever their size. Raises CodecRefused for floats, keys that are not text, and text
    that has no UTF-8.
    """
    if not _is_plain(json):
        _refuse_foreign(json)
    # Texts alone are asked for often: the members of a set are put in order by theirs.
    text = _quoted(json) if type(json) is str else _WRITER.encode(json)
    try:
        text.encode()
    except UnicodeEncodeError:
        raise CodecRefused(
            "A text holds half a surrogate pair, which has no UTF-8. Mend it where it comes in."
        ) from None
    return text


def at_step(step: str | int, function: Callable[[Any], T], value: object) -> T:
    """The function of the value; a refusal inside it is told from one level further up."""
    try:
        return function(value)
    except CodecRefused as refused:
        raise refused.under(step) from None


_WRITER = JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
_LEAVES = frozenset({str, int, bool, NoneType})


def _is_plain(json: object) -> bool:
    """Whether there is nothing to refuse; it keeps no path, because almost always there is none to tell."""
    kind = type(json)
    if kind in _LEAVES:
        return True
    if kind is list:
        return all(type(each) in _LEAVES or _is_plain(each) for each in cast("list[object]", json))
    if kind is not dict:
        return False
    for key, item in cast("dict[object, object]", json).items():
        if type(key) is not str or not (type(item) in _LEAVES or _is_plain(item)):
            return False
    return True


def _refuse_foreign(json: object) -> None:
    kind = type(json)
    if kind is str or kind is int or json is None or kind is bool:
        return
    if kind is list:
        for index, item in enumerate(cast("list[object]", json)):
            at_step(index, _refuse_foreign, item)
    elif kind is dict:
        for key, item in cast("dict[object, object]", json).items():
            if type(key) is not str:
                raise CodecRefused(f"A key is {type(key).__name__}; JSON has text as keys only.")
            at_step(key, _refuse_foreign, item)
    else:
        raise CodecRefused(f"{kind.__name__} is no JSON without fractions; encode the value first.")

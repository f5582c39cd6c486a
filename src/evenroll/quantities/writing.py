"""Writing values down: from a frozen dataclass to JSON, by the type that each value has."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import cache
from types import MappingProxyType, NoneType
from typing import Any, Final, TypeAlias, cast

from evenroll.quantities.json_text import CodecRefused, JsonValue, at_step, canonical

_Encoder: TypeAlias = Callable[[Any], JsonValue]
NO_DEFAULT: Final = object()


def encode(value: object) -> JsonValue:
    """The JSON of a value; fields of dataclasses that equal their default are left out.

    Takes str, int, bool, None, Decimal, date, aware datetime, StrEnum, tuple, frozenset, mappings with such keys as
    are written as text, and frozen dataclasses of these. Decimals and dates become text; instants UTC to the
    microsecond; the members of a frozenset are sorted.
    Raises CodecRefused for anything else, with the path.
    """
    return _encoder(type(value))(value)


def _as_it_is(value: Any) -> JsonValue:
    return value


def _write_decimal(value: Decimal) -> JsonValue:
    if not value.is_finite():
        raise CodecRefused("A decimal is not finite; only numbers can be written.")
    return str(value)


def _write_date(value: date) -> JsonValue:
    return value.isoformat()


def instant_text(value: datetime) -> str:
    """An instant in UTC to the microsecond, as it is written everywhere. Raises CodecRefused where it has no zone."""
    text = value.isoformat(timespec="microseconds")
    if text.endswith("+00:00"):  # almost every one is in UTC already
        return text[:-6] + "Z"
    if value.utcoffset() is None:
        raise CodecRefused("An instant has no zone; give one with a zone.")
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def _write_items(value: Iterable[object]) -> list[JsonValue]:
    written: list[JsonValue] = []
    try:
        for item in value:
            written.append(_encoder(type(item))(item))
    except CodecRefused as refused:
        raise refused.under(len(written)) from None
    return written


def write_frozenset(value: frozenset[object]) -> JsonValue:
    """The members in the order of their canonical text."""
    return sorted(_write_items(value), key=canonical)


def _write_mapping(value: Mapping[object, object]) -> JsonValue:
    written: dict[str, JsonValue] = {}
    for key, item in value.items():
        name = encode(key)
        if not isinstance(name, str):
            raise CodecRefused(f"A key of a mapping is {type(key).__name__}, which is not written as text.")
        written[name] = at_step(name, encode, item)
    return written


def _write_enum(value: StrEnum) -> JsonValue:
    return value.value


_ENCODERS: Final[Mapping[type, _Encoder]] = MappingProxyType(
    {
        str: _as_it_is,
        int: _as_it_is,
        bool: _as_it_is,
        NoneType: _as_it_is,
        Decimal: _write_decimal,
        date: _write_date,
        datetime: instant_text,
        tuple: _write_items,
        frozenset: write_frozenset,
        dict: _write_mapping,
        MappingProxyType: _write_mapping,
    }
)


@cache
def _encoder(type_: type[object]) -> _Encoder:
    known = _ENCODERS.get(type_)
    if known is not None:
        return known
    if issubclass(type_, StrEnum):
        return _write_enum
    if is_dataclass(cast("object", type_)):
        return _dataclass_encoder(type_)
    raise CodecRefused(f"{type_.__name__} cannot be written down; see the types that encode takes.")


def _dataclass_encoder(type_: type[object]) -> _Encoder:
    plan = [(field.name, default_of(field)) for field in value_fields(type_)]
    defaults = {name: at_step(name, encode, default) for name, default in plan if default is not NO_DEFAULT}

    def write(value: object) -> JsonValue:
        written: dict[str, JsonValue] = {}
        name = ""
        try:
            for name, default in plan:
                item = cast("object", getattr(value, name))
                if item is default:
                    continue
                json = _encoder(type(item))(item)
                if type(item) is not type(default) or not _is_same(json, defaults[name]):
                    written[name] = json
        except CodecRefused as refused:
            raise refused.under(name) from None
        return written

    return write


def _is_same(json: JsonValue, default: JsonValue) -> bool:
    # Equal is not enough: True equals 1, also inside of others, and would not come back as it was.
    return json == default and canonical(json) == canonical(default)


def default_of(field: Field[Any]) -> object:
    """What a field holds when it is not given, or NO_DEFAULT."""
    if field.default is not MISSING:
        return field.default
    if field.default_factory is not MISSING:
        return field.default_factory()
    return NO_DEFAULT


def value_fields(type_: type[object]) -> tuple[Field[Any], ...]:
    """The fields of a value. Raises CodecRefused if it can change or cannot be made from its fields."""
    parameters = getattr(type_, "__dataclass_params__", None)
    if not getattr(parameters, "frozen", False):
        raise CodecRefused(f"{type_.__name__} is not frozen; only values that cannot change are written down.")
    found = fields(cast("Any", type_))
    for field in found:
        if not field.init:
            raise CodecRefused(
                f"{type_.__name__}.{field.name} is not given when it is made, so it cannot be read back."
            )
    return found

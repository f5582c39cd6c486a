"""Reading values back: from JSON to the type that is asked for; each type becomes one closure, made once."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, is_dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from functools import cache
from types import MappingProxyType, NoneType, UnionType
from typing import Any, Final, Literal, NewType, TypeAlias, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from evenroll.quantities.json_text import CodecRefused, JsonValue, NotKnown, at_step
from evenroll.quantities.writing import NO_DEFAULT, default_of, encode, value_fields, write_frozenset

T = TypeVar("T")
_Decoder: TypeAlias = Callable[[JsonValue], object]


def decode(type_: type[T], json: JsonValue) -> T:
    """The value of a type that a JSON stands for; fields left out take their default.

    Takes the types that `encode` writes: also NewType, tuple[T, ...] and fixed tuples, frozenset[T], Mapping[K, T],
    Literal, and unions whose members are told apart by their kind of JSON (text, number, truth, list, object, null).
    Raises CodecRefused, with the path, for an unknown or missing field, a value of another type, a text that
    `encode` would have written otherwise, and a type that cannot be told.
    """
    return cast("T", _reader(type_).read(json))


@dataclass(frozen=True, slots=True)
class _Reader:
    """How a type is read, and the kinds of JSON by which it is told apart from others in a union."""

    read: _Decoder
    kinds: frozenset[type]


_KIND_NAME: Final[Mapping[type, str]] = MappingProxyType(
    {NoneType: "null", bool: "a truth value", int: "a whole number", str: "text", list: "a list", dict: "an object"}
)


def _named(kinds: Iterable[type]) -> str:
    return " or ".join(sorted(_KIND_NAME.get(kind, kind.__name__) for kind in kinds))


def _of_kind(kind: type, read: _Decoder) -> _Reader:
    def checked(json: JsonValue) -> object:
        if type(json) is not kind:
            raise CodecRefused(f"Expected {_named((kind,))}, found {_named((type(json),))}.")
        return read(json)

    return _Reader(checked, frozenset((kind,)))


def _read_text_as(parse: Callable[[str], object], name: str) -> _Reader:
    def read(json: JsonValue) -> object:
        try:
            value = parse(cast("str", json))
            same = encode(value) == json
        except (ValueError, InvalidOperation):
            same, value = False, None
        if not same:
            raise CodecRefused(f"This text is no {name} as encode writes it.")
        return value

    return _of_kind(str, read)


@cache
def _reader(hint: Any) -> _Reader:
    scalar = _SCALARS.get(hint) if isinstance(hint, type) else None
    if scalar is not None:
        return scalar
    if isinstance(hint, NewType):
        return _reader(hint.__supertype__)
    origin = get_origin(hint)
    if origin is not None:
        return _composite(hint, origin)
    if isinstance(hint, type):
        type_ = cast("type[object]", hint)
        if issubclass(type_, StrEnum):
            return _enum_reader(type_)
        if is_dataclass(cast("object", type_)):
            return _dataclass_reader(type_)
    raise CodecRefused(f"{hint} cannot be read back; see the types that decode takes.")


def _same(json: JsonValue) -> object:
    return json


_SCALARS: Final[Mapping[type, _Reader]] = MappingProxyType(
    {
        **{kind: _of_kind(kind, _same) for kind in (str, int, bool, NoneType)},
        Decimal: _read_text_as(Decimal, "decimal"),
        date: _read_text_as(date.fromisoformat, "date"),
        datetime: _read_text_as(datetime.fromisoformat, "instant in UTC"),
    }
)


def _composite(hint: Any, origin: Any) -> _Reader:
    arguments = get_args(hint)
    if origin is Literal:
        return _literal_reader(arguments)
    if origin is Union or origin is UnionType:
        return _union_reader(arguments)
    if origin is tuple:
        return _tuple_reader(arguments)
    if origin is frozenset:
        return _frozenset_reader(arguments[0])
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return _mapping_reader(*arguments)
    raise CodecRefused(f"{hint} cannot be read back; see the types that decode takes.")


def _enum_reader(type_: type[StrEnum]) -> _Reader:
    members: dict[JsonValue, StrEnum] = {member.value: member for member in type_}

    def read(json: JsonValue) -> object:
        try:
            return members[json]
        except KeyError:
            raise NotKnown(f"This text is none of {type_.__name__}: {', '.join(sorted(type_))}.") from None

    return _of_kind(str, read)


def _literal_reader(arguments: tuple[object, ...]) -> _Reader:
    values = {(type(json), json): value for value in arguments for json in (encode(value),)}

    def read(json: JsonValue) -> object:
        kind = type(json)
        if kind is list or kind is dict or (kind, json) not in values:
            raise CodecRefused(f"Expected one of {', '.join(repr(value) for _, value in values)}.")
        return values[kind, json]

    return _Reader(read, frozenset(kind for kind, _ in values))


def _union_reader(arguments: tuple[object, ...]) -> _Reader:
    by_kind: dict[type, _Decoder] = {}
    for argument in arguments:
        reader = _reader(argument)
        for kind in reader.kinds:
            if kind in by_kind:
                raise CodecRefused(f"Two members of a union are both written as {_named((kind,))}; they look the same.")
            by_kind[kind] = reader.read

    def read(json: JsonValue) -> object:
        chosen = by_kind.get(type(json))
        if chosen is None:
            raise CodecRefused(f"Expected {_named(by_kind)}, found {_named((type(json),))}.")
        return chosen(json)

    return _Reader(read, frozenset(by_kind))


def _tuple_reader(arguments: tuple[object, ...]) -> _Reader:
    if arguments[-1:] == (Ellipsis,):
        item = _reader(arguments[0]).read
        return _of_kind(list, lambda json: tuple(_read_items(item, cast("list[JsonValue]", json))))
    items = tuple(_reader(argument).read for argument in arguments)

    def read(json: JsonValue) -> object:
        members = cast("list[JsonValue]", json)
        if len(members) != len(items):
            raise CodecRefused(f"Expected {len(items)} members, found {len(members)}.")
        return tuple(at_step(index, items[index], member) for index, member in enumerate(members))

    return _of_kind(list, read)


def _read_items(item: _Decoder, members: list[JsonValue]) -> list[object]:
    found: list[object] = []
    try:
        for member in members:
            found.append(item(member))
    except CodecRefused as refused:
        raise refused.under(len(found)) from None
    return found


def _frozenset_reader(argument: object) -> _Reader:
    item = _reader(argument).read

    def read(json: JsonValue) -> object:
        members = cast("list[JsonValue]", json)
        found = frozenset(_read_items(item, members))
        if write_frozenset(found) != members:
            raise CodecRefused("The members of this set are not in order or not distinct.")
        return found

    return _of_kind(list, read)


def _mapping_reader(key: object, argument: object) -> _Reader:
    keys, item = _reader(key), _reader(argument).read
    if keys.kinds != frozenset[type]((str,)):
        raise CodecRefused(f"The keys of a mapping are {_named(keys.kinds)}; only types written as text can be keys.")

    def read(json: JsonValue) -> object:
        return {
            at_step(name, keys.read, name): at_step(name, item, member)
            for name, member in cast("dict[str, JsonValue]", json).items()
        }

    return _of_kind(dict, read)


def _dataclass_reader(type_: type[object]) -> _Reader:
    # Compiled on first use and not here: a dataclass may hold others of its own type.
    @cache
    def plan() -> tuple[dict[str, _Decoder], frozenset[str]]:
        hints = get_type_hints(type_)
        found = value_fields(type_)
        needed = frozenset(field.name for field in found if default_of(field) is NO_DEFAULT)
        return {field.name: _reader(hints[field.name]).read for field in found}, needed

    def unknown(json: JsonValue) -> object:
        raise NotKnown(f"{type_.__name__} has no such field.")

    def read(json: JsonValue) -> object:
        readers, needed = plan()
        given: dict[str, object] = {}
        name = ""
        try:
            for name, member in cast("dict[str, JsonValue]", json).items():
                given[name] = readers.get(name, unknown)(member)
        except CodecRefused as refused:
            raise refused.under(name) from None
        if not needed <= given.keys():
            raise CodecRefused(f"{type_.__name__} needs {', '.join(sorted(needed - given.keys()))} as well.")
        try:
            return type_(**given)
        except ValueError as wrong:
            raise CodecRefused(f"{type_.__name__} refuses these values ({type(wrong).__name__}).") from wrong

    return _of_kind(dict, read)

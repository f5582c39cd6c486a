"""The codec: what is written is read back the same, and nothing else is read."""

import json as jsonlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Literal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenroll.quantities.codec import CodecRefused, JsonValue, canonical, decode, encode, text_of
from evenroll.quantities.identifiers import CaseNumber, UsagePointId


class Color(StrEnum):
    RED = "red"
    GREEN = "green"


@dataclass(frozen=True, kw_only=True, slots=True)
class Inner:
    amount: Decimal = Decimal("1.0")
    on: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Outer:
    number: CaseNumber
    point: UsagePointId
    at: datetime
    flag: bool = False
    count: int = 1
    color: Color = Color.RED
    maybe: str | None = None
    several: tuple[Inner, ...] = ()
    pair: tuple[int, str] = (1, "one")
    colors: frozenset[Color] = frozenset()
    amounts: Mapping[str, Decimal] = field(default_factory=dict)
    by_color: Mapping[Color, Inner] = field(default_factory=dict)
    word: Literal["on", "off", 3] = "on"
    mixed: str | int | bool | tuple[str, ...] | None = None
    child: "Outer | None" = None


texts = st.text(st.characters(codec="utf-8"), max_size=8)
amounts = st.decimals(allow_nan=False, allow_infinity=False)
instants = st.datetimes(
    datetime(1970, 1, 1), datetime(2100, 1, 1), timezones=st.sampled_from([UTC, ZoneInfo("America/Chicago")])
)
inners = st.builds(Inner, amount=amounts, on=st.none() | st.dates())
outers = st.recursive(
    st.none(),
    lambda children: st.builds(
        Outer,
        number=texts.map(CaseNumber),
        point=st.integers().map(UsagePointId),
        at=instants,
        flag=st.booleans(),
        count=st.integers(),
        color=st.sampled_from(Color),
        maybe=st.none() | texts,
        several=st.lists(inners, max_size=2).map(tuple),
        pair=st.tuples(st.integers(), texts),
        colors=st.frozensets(st.sampled_from(Color)),
        amounts=st.dictionaries(texts, amounts, max_size=2),
        by_color=st.dictionaries(st.sampled_from(Color), inners),
        word=st.sampled_from(["on", "off", 3]),
        mixed=st.none() | texts | st.integers() | st.booleans() | st.lists(texts, max_size=2).map(tuple),
        child=children,
    ),
    max_leaves=2,
).filter(lambda outer: outer is not None)


@given(outers)
def test_round_trip_through_text(outer: Outer) -> None:
    text = canonical(encode(outer))
    back = decode(Outer, jsonlib.loads(text))
    # Python calls two instants of different zones unequal where either clock was turned; in UTC they compare.
    assert replace(back, at=back.at.astimezone(UTC)) == replace(outer, at=outer.at.astimezone(UTC))
    # Equality forgives 1.0 for 1.00 and True for 1; the second writing does not.
    assert canonical(encode(back)) == text
    assert text_of(outer) == text
    assert type(back.mixed) is type(outer.mixed)


@given(st.lists(st.tuples(texts, st.integers()), max_size=6, unique_by=lambda pair: pair[0]))
def test_canonical_text_does_not_know_the_order(pairs: list[tuple[str, int]]) -> None:
    assert canonical(dict(pairs)) == canonical(dict(reversed(pairs)))
    members = frozenset(text for text, _ in pairs)
    assert encode(members) == sorted(members, key=canonical)


def minimal() -> Outer:
    return Outer(
        number=CaseNumber("EV"), point=UsagePointId(7), at=datetime(2026, 3, 8, 1, tzinfo=ZoneInfo("US/Central"))
    )


def test_defaults_are_left_out_and_filled_in() -> None:
    written = encode(minimal())
    assert written == {"number": "EV", "point": 7, "at": "2026-03-08T07:00:00.000000Z"}
    assert decode(Outer, written) == minimal()


def test_what_only_equals_its_default_is_written() -> None:
    assert encode(Inner(amount=Decimal("1.00"))) == {"amount": "1.00"}
    assert encode(Inner(amount=Decimal("1.0"))) == {}


@dataclass(frozen=True)
class Truthful:
    pair: tuple[object, ...] = (1, Color.RED)
    one: int = 1


@pytest.mark.parametrize(
    "value",
    [
        Truthful(),
        Truthful(pair=(True, Color.RED)),
        Truthful(pair=(1, "red")),
        Truthful(pair=(1, Color.GREEN)),
        Truthful(one=True),
        Inner(amount=Decimal("1.00")),
        Inner(amount=Decimal("1.0"), on=date(2026, 3, 8)),
        datetime(2026, 7, 1, 12, 0, 0, 5, tzinfo=ZoneInfo("Europe/London")),
        datetime(2026, 1, 1, 12, tzinfo=ZoneInfo("Europe/London")),
        datetime(2026, 11, 1, 1, 30, tzinfo=ZoneInfo("America/Chicago"), fold=1),
        {"b": 1, "a": {Color.RED: None, 'quoted " é': (True, 2**70)}},
        frozenset({"b", "a", "é"}),
        None,
    ],
)
def test_the_short_way_to_the_text_is_the_long_one(value: object) -> None:
    assert text_of(value) == canonical(encode(value))


def test_canonical_text() -> None:
    assert canonical({"b": [1, True, None], "a": "é\n"}) == '{"a":"é\\n","b":[1,true,null]}'
    assert canonical(2**70) == str(2**70)


@pytest.mark.parametrize(
    ("json", "says"),
    [
        (1.5, r"^At \$: float"),
        ({"a": [0, float("nan")]}, r"^At \$\.a\[1\]: float"),
        ({"a": {1: 2}}, r"^At \$\.a: A key is int"),
        (("a",), "tuple is no JSON"),
        ("\ud800", "surrogate"),
        (Color.RED, "Color is no JSON"),
    ],
)
def test_what_is_no_canonical_json_is_refused(json: JsonValue, says: str) -> None:
    with pytest.raises(CodecRefused, match=says):
        canonical(json)


def changed(**changes: JsonValue) -> JsonValue:
    return {"number": "EV", "point": 7, "at": "2026-03-08T07:00:00.000000Z", **changes}


@pytest.mark.parametrize(
    ("json", "says"),
    [
        (changed(other=1), r"^At \$\.other: Outer has no such field"),
        ({"number": "EV"}, r"^At \$: Outer needs at, point as well"),
        (changed(point=True), r"^At \$\.point: Expected a whole number, found a truth value"),
        (changed(point="7"), r"\.point: Expected a whole number, found text"),
        (changed(flag=1), r"\.flag: Expected a truth value"),
        (changed(count=1.0), r"\.count: Expected a whole number, found float"),
        (changed(color="blue"), r"\.color: .*none of Color: green, red"),
        (changed(word="maybe"), r"\.word: Expected one of 'on', 'off', 3"),
        (changed(word=["on"]), r"\.word"),
        (changed(several=[{}, {"amount": "x"}]), r"^At \$\.several\[1\]\.amount: .* no decimal"),
        (changed(several=[{"amount": "NaN"}]), "no decimal"),
        (changed(several=[{"amount": "+1"}]), "no decimal"),
        (changed(several=[{"on": "20260101"}]), "no date"),
        (changed(at="2026-03-08T07:00:00Z"), r"\.at: .*no instant"),
        (changed(at="2026-03-08T07:00:00.000000"), r"\.at: "),
        (changed(at="2026-03-08T07:00:00.000000+00:00"), "no instant"),
        (changed(pair=[1]), r"\.pair: Expected 2 members, found 1"),
        (changed(colors=["red", "green"]), "not in order"),
        (changed(colors=["red", "red"]), "not in order or not distinct"),
        (changed(by_color={"blue": {}}), r"\.by_color\.blue: "),
        (changed(mixed={}), "Expected .* or .*, found an object"),
        (changed(child={"number": "EV"}), r"\.child: Outer needs"),
        (None, "Expected an object, found null"),
    ],
)
def test_other_json_is_refused_with_its_path(json: JsonValue, says: str) -> None:
    with pytest.raises(CodecRefused, match=says):
        decode(Outer, json)


@dataclass
class Loose:
    a: int


@dataclass(frozen=True)
class Unclear:
    a: str | date


@dataclass(frozen=True)
class NumberKeys:
    a: Mapping[int, str]


@dataclass(frozen=True)
class Fraction:
    a: float


@dataclass(frozen=True)
class Positive:
    a: int

    def __post_init__(self) -> None:
        if self.a <= 0:
            raise ValueError(self.a)


@pytest.mark.parametrize(
    ("type_", "says"),
    [(Loose, "not frozen"), (Unclear, "look the same"), (NumberKeys, "keys of a mapping"), (Fraction, "float")],
)
def test_types_that_cannot_be_read_back_are_refused(type_: type[object], says: str) -> None:
    with pytest.raises(CodecRefused, match=says):
        decode(type_, {"a": 1})


def test_a_value_that_refuses_itself_is_refused_with_its_path() -> None:
    with pytest.raises(CodecRefused, match=r"^At \$\[1\]: Positive refuses these values \(ValueError\)"):
        decode(tuple[Positive, ...], [{"a": 1}, {"a": -5}])


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (Loose(1), "not frozen"),
        (Fraction(1.5), r"\$\.a: float"),
        (Decimal("Infinity"), "not finite"),
        (datetime(2026, 1, 1), "no zone"),
        ((1, [2]), r"\$\[1\]: list"),
        ({UsagePointId(3): "x"}, "not written as text"),
        (b"x", "bytes"),
    ],
)
def test_values_that_cannot_be_written_are_refused(value: object, says: str) -> None:
    for way in (encode, text_of):
        with pytest.raises(CodecRefused, match=says):
            way(value)


def test_half_a_surrogate_pair_is_refused_either_way() -> None:
    with pytest.raises(CodecRefused, match="surrogate"):
        text_of(("\ud800",))


def test_read_only_mappings_are_written_alike() -> None:
    assert encode(MappingProxyType({Color.RED: 1})) == encode({Color.RED: 1}) == {"red": 1}

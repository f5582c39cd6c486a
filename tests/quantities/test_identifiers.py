"""Numbers that people copy by hand: what is forgiven, what is found out."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenroll.quantities.identifiers import (
    ALPHABET,
    EntropyTooShort,
    IdentifierFault,
    IdentifierWrong,
    VinFault,
    VinWrong,
    case_number,
    check_vin,
    order_number,
    parse_case_number,
    parse_order_number,
    parse_pevid,
    pevid,
    vin_tail,
)

ENTROPY = bytes(range(7, 23))
KINDS = [(case_number, parse_case_number), (order_number, parse_order_number), (pevid, parse_pevid)]
# From 49 CFR 565.15 and public examples of the check digit.
GOOD_VIN = "1M8GDM9AXKP042788"


def test_alphabet_is_prime_and_has_no_look_alikes() -> None:
    assert len(set(ALPHABET)) == len(ALPHABET) == 31
    assert not set("ILOUB") & set(ALPHABET)


@pytest.mark.parametrize(("make", "parse"), KINDS)
@given(entropy=st.binary(min_size=16, max_size=32))
def test_number_is_read_back(make: Callable[[bytes], str], parse: Callable[[str], str], entropy: bytes) -> None:
    number = make(entropy)
    assert [len(part) for part in number.split("-")[1:]] == [5, 5, 4]
    assert parse(number) == number
    careless = number.lower().replace("-", " ").replace("0", "o").replace("1", "l")
    assert parse(f"  {careless} ") == number
    assert parse(number.replace("-", "").replace("8", "B").replace("1", "I")) == number


@pytest.mark.parametrize(("make", "parse"), KINDS)
def test_every_single_wrong_character_is_found(make: Callable[[bytes], str], parse: Callable[[str], str]) -> None:
    number = make(ENTROPY)
    start = number.index("-") + 1
    tried = 0
    for place in range(start, len(number)):
        for character in ALPHABET:
            if number[place] in ("-", character):
                continue
            tried += 1
            with pytest.raises(IdentifierWrong, match="wrong or swapped") as caught:
                parse(number[:place] + character + number[place + 1 :])
            assert caught.value.fault is IdentifierFault.CHECK
    assert tried == 14 * 30


@given(entropy=st.binary(min_size=16, max_size=16), place=st.integers(0, 12))
def test_every_adjacent_swap_is_found(entropy: bytes, place: int) -> None:
    body = case_number(entropy)[3:].replace("-", "")
    swapped = body[:place] + body[place + 1] + body[place] + body[place + 2 :]
    if swapped == body:
        return
    with pytest.raises(IdentifierWrong, match="wrong or swapped"):
        parse_case_number(f"EV{swapped}")


def test_number_of_another_kind_is_found() -> None:
    body = case_number(ENTROPY)[3:]
    with pytest.raises(IdentifierWrong, match="does not fit"):
        parse_order_number(f"SO-{body}")
    with pytest.raises(IdentifierWrong, match="does not begin with SO"):
        parse_order_number(f"EV-{body}")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", IdentifierFault.PREFIX),
        ("EV-123", IdentifierFault.LENGTH),
        ("EV-7K3M9-QXT2H-WP€4", IdentifierFault.CHARACTER),
        ("EV-٣٣٣٣٣-QXT2H-WPC4", IdentifierFault.CHARACTER),
    ],
)
def test_other_text_is_refused_with_a_code(text: str, fault: IdentifierFault) -> None:
    with pytest.raises(IdentifierWrong, match="case number") as caught:
        parse_case_number(text)
    assert caught.value.fault is fault


def test_entropy_too_short_is_refused() -> None:
    with pytest.raises(EntropyTooShort, match="needs 16 random bytes and got 15"):
        case_number(bytes(15))


def test_all_entropy_counts() -> None:
    numbers = {case_number(bytes(16 * [0])[:i] + bytes([1]) + bytes(15 - i)) for i in range(16)}
    assert len(numbers) == 16


def test_vin_is_written_in_capitals() -> None:
    vin = check_vin(" 1m8gdm9axkp042788 ")
    assert vin == GOOD_VIN
    assert vin_tail(vin) == "042788"
    assert check_vin("11111111111111111") == "11111111111111111"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (GOOD_VIN[:-1], VinFault.LENGTH),
        (GOOD_VIN.replace("0", "O"), VinFault.CHARACTER),
        (GOOD_VIN.replace("X", "٣"), VinFault.CHARACTER),
        (GOOD_VIN[:-1] + "9", VinFault.CHECK),
        (GOOD_VIN[:8] + "1" + GOOD_VIN[9:], VinFault.CHECK),
    ],
)
def test_wrong_vin_is_refused_without_repeating_it(text: str, fault: VinFault) -> None:
    with pytest.raises(VinWrong, match="VIN") as caught:
        check_vin(text)
    assert caught.value.fault is fault
    assert text not in str(caught.value)

"""What things are called: the typed identifiers, and the numbers that people read aloud and copy by hand."""

from collections.abc import Collection, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final, NewType

OrganizationKey = NewType("OrganizationKey", str)
PodId = NewType("PodId", str)
MeterSerial = NewType("MeterSerial", str)
ProgramKey = NewType("ProgramKey", str)
RateKey = NewType("RateKey", str)
ActorKey = NewType("ActorKey", str)

CustomerId = NewType("CustomerId", int)
AccountId = NewType("AccountId", int)
LocationId = NewType("LocationId", int)
UsagePointId = NewType("UsagePointId", int)
OfferId = NewType("OfferId", int)
VehicleId = NewType("VehicleId", int)

CaseNumber = NewType("CaseNumber", str)
OrderNumber = NewType("OrderNumber", str)
Pevid = NewType("Pevid", str)
TrackingNumber = NewType("TrackingNumber", str)
Vin = NewType("Vin", str)

# 31 is prime: a sum with weights 1..14 modulo 31 then finds every single wrong character and every adjacent swap.
# Without I, L, O, U and B, which a reader takes for 1, 1, 0, V and 8.
ALPHABET: Final = "0123456789ACDEFGHJKMNPQRSTVWXYZ"
ENTROPY_BYTES_MIN: Final = 16

_PRIME: Final = len(ALPHABET)
_VALUE: Final[Mapping[str, int]] = MappingProxyType({character: value for value, character in enumerate(ALPHABET)})
_LOOK_ALIKES: Final = str.maketrans("ILOUB", "110V8")
_SEPARATORS: Final = str.maketrans("", "", "-_. \t\r\n\u00a0\u2010\u2011\u2012\u2013\u2014\u2212")
_BODY_LENGTH: Final = 13
_EXAMPLE: Final = "7K3M9QXT2HWPC"
_GROUPS: Final = (slice(0, 5), slice(5, 10), slice(10, 14))


class IdentifierKind(StrEnum):
    """What a number names; its value is the prefix of the number."""

    CASE = "EV"
    ORDER = "SO"
    PEV = "PEV"
    TRACKING = "SW"


# The kind is part of the sum, so that a case number with the prefix of an order is found out as well.
_SEED: Final[Mapping[IdentifierKind, int]] = MappingProxyType(
    {IdentifierKind.CASE: 0, IdentifierKind.ORDER: 1, IdentifierKind.PEV: 2, IdentifierKind.TRACKING: 3}
)
_NAME: Final[Mapping[IdentifierKind, str]] = MappingProxyType(
    {
        IdentifierKind.CASE: "case number",
        IdentifierKind.ORDER: "service order number",
        IdentifierKind.PEV: "PEVID",
        IdentifierKind.TRACKING: "tracking number",
    }
)


class IdentifierFault(StrEnum):
    """Why a number is not one of ours."""

    PREFIX = "prefix"
    LENGTH = "length"
    CHARACTER = "character"
    CHECK = "check"


class IdentifierWrong(ValueError):
    """A number as typed cannot be one of ours; `kind` and `fault` say it in codes."""

    def __init__(self, sentence: str, *, kind: IdentifierKind, fault: IdentifierFault) -> None:
        super().__init__(sentence)
        self.kind = kind
        self.fault = fault


class EntropyTooShort(ValueError):
    """Too few random bytes were given to make a number that is unique over installations."""


def case_number(entropy: bytes) -> CaseNumber:
    """A new case number such as EV-7K3M9-QXT2H-WPCF.

    entropy: at least 16 random bytes; the same bytes give the same number.
    Raises EntropyTooShort.
    """
    return CaseNumber(_numbered(IdentifierKind.CASE, entropy))


def order_number(entropy: bytes) -> OrderNumber:
    """A new service order number (SO-...); entropy and errors as in `case_number`."""
    return OrderNumber(_numbered(IdentifierKind.ORDER, entropy))


def pevid(entropy: bytes) -> Pevid:
    """A new PEVID (PEV-...), our own name of a vehicle; entropy and errors as in `case_number`."""
    return Pevid(_numbered(IdentifierKind.PEV, entropy))


def tracking_number(entropy: bytes) -> TrackingNumber:
    """A new number of a supply request (SW-...); entropy and errors as in `case_number`."""
    return TrackingNumber(_numbered(IdentifierKind.TRACKING, entropy))


def parse_case_number(text: str) -> CaseNumber:
    """The case number a person typed, in its written form.

    Forgives case, spaces, missing hyphens and look-alikes (O for 0, I and L for 1, B for 8, U for V).
    Raises IdentifierWrong.
    """
    return CaseNumber(_parsed(IdentifierKind.CASE, text))


def parse_order_number(text: str) -> OrderNumber:
    """The service order number a person typed; forgives and raises as `parse_case_number`."""
    return OrderNumber(_parsed(IdentifierKind.ORDER, text))


def parse_pevid(text: str) -> Pevid:
    """The PEVID a person typed; forgives and raises as `parse_case_number`."""
    return Pevid(_parsed(IdentifierKind.PEV, text))


def _numbered(kind: IdentifierKind, entropy: bytes) -> str:
    if len(entropy) < ENTROPY_BYTES_MIN:
        raise EntropyTooShort(
            f"A {_NAME[kind]} needs {ENTROPY_BYTES_MIN} random bytes and got {len(entropy)}; "
            "with fewer, two installations could give the same number. Draw more."
        )
    # 128 bits modulo 31**13 (64.4 bits) prefers no number by more than one part in 2**63.
    rest = int.from_bytes(entropy, "big")
    body: list[str] = []
    for _ in range(_BODY_LENGTH):
        rest, value = divmod(rest, _PRIME)
        body.append(ALPHABET[value])
    characters = "".join(body)
    return _written(kind, characters + _check_character(kind, characters))


def _check_character(kind: IdentifierKind, body: str) -> str:
    total = sum(weight * _VALUE[character] for weight, character in enumerate(body, start=1))
    # The check character has weight 14; it is chosen so that the whole sum equals the seed modulo 31.
    inverse = pow(_BODY_LENGTH + 1, -1, _PRIME)
    return ALPHABET[(_SEED[kind] - total) * inverse % _PRIME]


def _written(kind: IdentifierKind, characters: str) -> str:
    return "-".join((kind.value, *(characters[group] for group in _GROUPS)))


def _parsed(kind: IdentifierKind, text: str) -> str:
    folded = text.translate(_SEPARATORS).upper().translate(_LOOK_ALIKES)
    # The prefix SO is folded too (to S0): it is compared as it reads, not as it is written.
    prefix = kind.value.translate(_LOOK_ALIKES)
    shown = _written(kind, _EXAMPLE + _check_character(kind, _EXAMPLE))
    example = f"It looks like {shown}; copy it again from the letter or message."
    if not folded.startswith(prefix):
        raise IdentifierWrong(
            f"This is no {_NAME[kind]}: it does not begin with {kind.value}. {example}",
            kind=kind,
            fault=IdentifierFault.PREFIX,
        )
    characters = folded.removeprefix(prefix)
    if len(characters) != _BODY_LENGTH + 1:
        raise IdentifierWrong(
            f"This {_NAME[kind]} has {len(characters)} characters after {kind.value} "
            f"and should have {_BODY_LENGTH + 1}. {example}",
            kind=kind,
            fault=IdentifierFault.LENGTH,
        )
    if any(character not in _VALUE for character in characters):
        raise IdentifierWrong(
            f"This {_NAME[kind]} has a character that none of ours has: only letters and digits are used. {example}",
            kind=kind,
            fault=IdentifierFault.CHARACTER,
        )
    if _check_character(kind, characters[:-1]) != characters[-1]:
        raise IdentifierWrong(
            f"This {_NAME[kind]} has a wrong or swapped character: its last character, which checks the others, "
            f"does not fit. {example}",
            kind=kind,
            fault=IdentifierFault.CHECK,
        )
    return _written(kind, characters)


class VinFault(StrEnum):
    """Why a text is no VIN."""

    LENGTH = "length"
    CHARACTER = "character"
    CHECK = "check"


class VinWrong(ValueError):
    """A text is no vehicle identification number; `fault` says why in a code. The message never repeats the text."""

    def __init__(self, sentence: str, *, fault: VinFault) -> None:
        super().__init__(sentence)
        self.fault = fault


_VIN_LENGTH: Final = 17
# 49 CFR 565.15(c): values of the letters and weights of the positions; position 9 is the check digit itself.
_VIN_VALUE: Final[Mapping[str, int]] = MappingProxyType(
    dict(zip("0123456789ABCDEFGHJKLMNPRSTUVWXYZ", map(int, "012345678912345678123457923456789"), strict=True))
)
_VIN_WEIGHT: Final = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_VIN_CHECK_AT: Final = 8


def check_vin(text: str) -> Vin:
    """The vehicle identification number in capitals without separators.

    Raises VinWrong if it has not 17 characters, holds I, O, Q or a sign, or its check digit (position 9) does not fit.
    Source: 49 CFR 565.15; vehicles sold in North America carry the check digit.
    """
    vin = text.translate(_SEPARATORS).upper()
    if len(vin) != _VIN_LENGTH:
        raise VinWrong(
            f"A VIN has {_VIN_LENGTH} characters and this has {len(vin)}; "
            "copy it from the registration card or the windshield.",
            fault=VinFault.LENGTH,
        )
    for position, character in enumerate(vin, start=1):
        if character not in _VIN_VALUE:
            raise VinWrong(
                f"Position {position} of this VIN holds a character that no VIN has: only digits and letters other "
                "than I, O and Q. An O is a zero, an I is a one.",
                fault=VinFault.CHARACTER,
            )
    rest = sum(weight * _VIN_VALUE[character] for weight, character in zip(_VIN_WEIGHT, vin, strict=True)) % 11
    if vin[_VIN_CHECK_AT] != "0123456789X"[rest]:
        raise VinWrong(
            "A character of this VIN is wrong or swapped: its check digit (position 9) does not fit. "
            "Copy it again from the registration card or the windshield.",
            fault=VinFault.CHECK,
        )
    return Vin(vin)


def vin_tail(vin: Vin) -> str:
    """The last 6 characters of a VIN: the serial part, which a person may read aloud to prove a vehicle."""
    return vin[-6:]


def named_as(said: str, *, known: Collection[str]) -> str:
    """The name that was meant: as it stands, else the only one that differs by capitals alone; else what was said."""
    if said in known:
        return said
    alike = [each for each in known if each.casefold() == said.casefold()]
    return alike[0] if len(alike) == 1 else said

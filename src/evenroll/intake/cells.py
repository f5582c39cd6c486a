"""Reading single cells: texts, dates, choices, lists. Every reader notes what is wrong instead of stopping."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Final, TypeVar

from evenroll.intake.application import FaultCode, RowFault
from evenroll.intake.columns import normalized
from evenroll.quantities.codec import JsonValue

LENGTH_MAX: Final = 500
LENGTHS: Final[Mapping[str, int]] = MappingProxyType(
    {
        "application": 80,
        "organization": 40,
        "program": 60,
        "usage_point": 40,
        "model": 60,
        "receipt": 40,
        "keyed_by": 60,
        "second_keyed_by": 60,
    }
)
"""The columns that must be shorter than LENGTH_MAX characters, as the tables are that keep them."""
_YES: Final = frozenset({"yes", "y", "true", "1", "x"})
_NO: Final = frozenset({"no", "n", "false", "0", ""})
_ISO: Final = re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})")
_AMERICAN: Final = re.compile(r"(?P<month>\d{1,2})[/-](?P<day>\d{1,2})[/-](?P<year>\d{4})")
# What a database counts with has at most 18 digits that are all free.
_NUMBER: Final = re.compile(r"[0-9]{1,18}")
# Written out: an exponent would let one cell ask for a number of a billion digits.
_AMOUNT: Final = re.compile(r"[0-9]{1,6}(\.[0-9]{0,2}0{0,6})?|\.[0-9]{1,2}0{0,6}")
_CENT: Final = Decimal("0.01")

Choice = TypeVar("Choice", bound=StrEnum)


class Cells:
    """The cells of one row while it is read; `faults` gathers everything that is wrong with them."""

    def __init__(self, row: int, cells: Mapping[str, JsonValue]) -> None:
        self.row = row
        self.faults: list[RowFault] = []
        self._cells = cells

    def fault(self, column: str, code: FaultCode, *choices: str) -> None:
        """Note a fault; its value is not kept."""
        self.faults.append(RowFault(row=self.row, column=column, code=code, choices=choices))

    def text(self, column: str) -> str:
        """A text without blanks around it; "" where nothing stands. Numbers of JSON count as their text."""
        value = self._cells.get(column)
        if value is None:
            return ""
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            self.fault(column, FaultCode.NOT_A_TEXT)
            return ""
        text = " ".join(str(value).split())
        return text if self._fits(column, text) else ""

    def choice(self, column: str, type_: type[Choice], *, default: Choice | None = None) -> Choice | None:
        """One of finite choices, forgiving case and blanks; the default where nothing stands."""
        text = normalized(self.text(column))
        if not text:
            return default
        for each in type_:
            if text in (each.value, each.name.casefold()):
                return each
        self.fault(column, FaultCode.NOT_A_CHOICE, *(each.value for each in type_))
        return default

    def day(self, column: str) -> date | None:
        """A day as 2026-03-31 or 3/31/2026; None where nothing stands."""
        text = self.text(column)
        if not text:
            return None
        found = _day(text)
        if found is None:
            self.fault(column, FaultCode.NOT_A_DATE)
        return found

    def yes(self, column: str) -> bool:
        """A yes; no where nothing stands."""
        if isinstance(said := self._cells.get(column), bool):
            return said
        text = normalized(self.text(column))
        if text not in _YES and text not in _NO:
            self.fault(column, FaultCode.NOT_YES_OR_NO)
        return text in _YES

    def choices(self, column: str, type_: type[Choice]) -> frozenset[Choice]:
        """Several choices, separated by semicolons, or a list of JSON."""
        found: set[Choice] = set()
        for text in self._several(column):
            each = next((each for each in type_ if normalized(text) == each.value), None)
            if each is None:
                self.fault(column, FaultCode.NOT_A_CHOICE, *(each.value for each in type_))
            else:
                found.add(each)
        return frozenset(found)

    def selections(self, column: str) -> dict[str, str]:
        """Selections inside a program as key=option; key=option, or an object of JSON."""
        said = self._cells.get(column)
        if isinstance(said, dict):
            if not all(isinstance(value, str) for value in said.values()):
                self.fault(column, FaultCode.NOT_A_SELECTION)
                return {}
            written = {key: str(value) for key, value in said.items()}
            return written if self._fits(column, "".join((*written, *written.values()))) else {}
        found: dict[str, str] = {}
        for text in self._several(column):
            key, sign, option = (part.strip() for part in text.partition("="))
            if not (key and sign and option):
                self.fault(column, FaultCode.NOT_A_SELECTION)
                return {}
            found[key] = option
        return found

    def yes_or_no(self, column: str, type_: type[Choice]) -> dict[Choice, bool]:
        """What was said with yes or no, as registered_here=yes; vehicle_connected=no."""
        found: dict[Choice, bool] = {}
        for name, answer in self.selections(column).items():
            said = next((each for each in type_ if each.value == normalized(name)), None)
            if said is None or normalized(answer) not in _YES | _NO:
                self.fault(column, FaultCode.NOT_A_STATEMENT, *(each.value for each in type_))
                return {}
            found[said] = normalized(answer) in _YES
        return found

    def amount(self, column: str) -> str:
        """An amount in USD from 0 to under a million, written to the cent; "" where nothing stands."""
        text = self.text(column)
        if not text:
            return ""
        digits = text.removeprefix("$").replace(",", "").strip()
        if not _AMOUNT.fullmatch(digits):
            self.fault(column, FaultCode.NOT_AN_AMOUNT)
            return ""
        return str(Decimal(digits).quantize(_CENT))

    def number(self, column: str) -> int | None:
        """A number that was given out, such as an offer's; None where nothing stands."""
        text = self.text(column).removeprefix("#")
        if not text:
            return None
        if not _NUMBER.fullmatch(text):
            self.fault(column, FaultCode.NOT_A_NUMBER)
            return None
        return int(text)

    def _fits(self, column: str, text: str) -> bool:
        """Whether a text is one that can be kept; if not, that is noted."""
        longest = LENGTHS.get(column, LENGTH_MAX)
        if len(text) > longest:
            self.fault(column, FaultCode.TOO_LONG, str(longest))
            return False
        if not text.isprintable():
            self.fault(column, FaultCode.CONTROL_CHARACTER)
            return False
        return True

    def _several(self, column: str) -> tuple[str, ...]:
        said = self._cells.get(column)
        if isinstance(said, list):
            if all(isinstance(each, str) for each in said):
                return tuple(str(each).strip() for each in said if str(each).strip())
            self.fault(column, FaultCode.NOT_A_TEXT)
            return ()
        return tuple(part.strip() for part in self.text(column).split(";") if part.strip())


def _day(text: str) -> date | None:
    match = _ISO.fullmatch(text) or _AMERICAN.fullmatch(text)
    if match is None:
        return None
    try:
        found = date(int(match["year"]), int(match["month"]), int(match["day"]))
    except ValueError:
        return None
    return found if 1900 <= found.year <= 2200 else None

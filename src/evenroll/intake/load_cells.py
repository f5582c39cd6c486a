"""Reading the cells of a loaded row by the form of their column: a value, or what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Final, TypeAlias
from zoneinfo import ZoneInfo

from evenroll.enrollment.plain_words import is_code, is_name_of_goods, is_number_given
from evenroll.intake.columns import normalized
from evenroll.intake.load_columns import Column, Form
from evenroll.records.load_terms import LoadFaultCode


class DateOrder(StrEnum):
    """Which of two numbers before the year is the month; UNSAID refuses a day that could be either."""

    UNSAID = "unsaid"
    MDY = "mdy"
    DMY = "dmy"


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """How the cells of a file are to be read. zone: in which local times without an offset stand."""

    dates: DateOrder = DateOrder.UNSAID
    zone: ZoneInfo


class CellWrong(Exception):
    """A cell that cannot be read; the code says why, and nothing repeats the value."""

    def __init__(self, code: LoadFaultCode, *choices: str) -> None:
        super().__init__(code.value)
        self.code = code
        self.choices = choices


_Reader: TypeAlias = Callable[[str, Column, Reading], object]

_YES: Final = frozenset({"yes", "y", "true", "t", "1", "x", "si", "sí"})
_NO: Final = frozenset({"no", "n", "false", "f", "0"})
_ISO: Final = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]00:00(?::00(?:\.0+)?)?)?", re.ASCII)
_SLASHED: Final = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", re.ASCII)
_NAMED: Final = re.compile(r"(\d{1,2})[ -]([A-Za-z]{3,10})\.?[ -](\d{4})", re.ASCII)
_MONTHS: Final = (
    ("january", "enero"),
    ("february", "febrero"),
    ("march", "marzo"),
    ("april", "abril"),
    ("may", "mayo"),
    ("june", "junio"),
    ("july", "julio"),
    ("august", "agosto"),
    ("september", "septiembre"),
    ("october", "octubre"),
    ("november", "noviembre"),
    ("december", "diciembre"),
)
_DECIMAL: Final = re.compile(r"-?(?:(?:\d{1,3}(?:,\d{3})+|\d{1,15})(?:\.\d{1,12})?|\.\d{1,12})", re.ASCII)
_POSTAL: Final = re.compile(r"\d{5}(-\d{4})?", re.ASCII)
_REGISTER_VALUE: Final = re.compile(r"([a-z0-9_]{1,30})\s*[=:]\s*(.+)", re.ASCII)
_YEARS: Final = range(1900, 2201)
_WH_MAX: Final = 10**15
_PRICE_MAX: Final = 10**12


def read_cell(text: str, *, column: Column, reading: Reading) -> object:
    """The value of a cell that is not empty. Raises CellWrong."""
    if not text.isprintable():
        raise CellWrong(LoadFaultCode.NUL if "\x00" in text else LoadFaultCode.CONTROL_CHARACTER)
    if len(text) > column.length:
        raise CellWrong(LoadFaultCode.TOO_LONG, str(column.length))
    return _READERS[column.form](text, column, reading)


def _number_given(text: str, column: Column, reading: Reading) -> str:
    if not is_number_given(text):
        raise CellWrong(LoadFaultCode.NOT_A_NUMBER_GIVEN)
    return text


def _code(text: str, column: Column, reading: Reading) -> str:
    code = text.casefold()
    if not is_code(code):
        raise CellWrong(LoadFaultCode.NOT_A_CODE)
    return code


def _codes(text: str, column: Column, reading: Reading) -> tuple[str, ...]:
    found = tuple(part.strip() for part in text.split(";") if part.strip())
    if not all(is_number_given(each) for each in found) or len(set(found)) < len(found):
        raise CellWrong(LoadFaultCode.NOT_A_CODE)
    return found


def _name_of_goods(text: str, column: Column, reading: Reading) -> str:
    if not is_name_of_goods(text):
        raise CellWrong(LoadFaultCode.NOT_A_NAME_OF_GOODS)
    return text


def _text(text: str, column: Column, reading: Reading) -> str:
    return text


def _choice(text: str, column: Column, reading: Reading) -> str:
    said = normalized(text)
    if said not in column.choices:
        raise CellWrong(LoadFaultCode.NOT_A_CHOICE, *column.choices)
    return said


def _yes_no(text: str, column: Column, reading: Reading) -> bool:
    said = text.casefold()
    if said in _YES:
        return True
    if said in _NO:
        return False
    raise CellWrong(LoadFaultCode.NOT_YES_OR_NO)


def _day(text: str, column: Column, reading: Reading) -> date:
    if match := _ISO.fullmatch(text):
        return _made(int(match[1]), int(match[2]), int(match[3]))
    if match := _NAMED.fullmatch(text):
        name = match[2].casefold()
        month = next((place for place, names in enumerate(_MONTHS, start=1) if _abbreviates(name, names)), 0)
        return _made(int(match[3]), month, int(match[1]))
    if match := _SLASHED.fullmatch(text):
        return _ordered(int(match[1]), int(match[2]), int(match[3]), reading.dates)
    raise CellWrong(LoadFaultCode.NOT_A_DATE)


def _abbreviates(name: str, names: tuple[str, ...]) -> bool:
    return any(each.startswith(name) for each in names)


def _ordered(first: int, second: int, year: int, order: DateOrder) -> date:
    month_first = second > 12 or first == second
    day_first = first > 12
    if order is DateOrder.UNSAID and not (month_first or day_first):
        raise CellWrong(LoadFaultCode.DATE_AMBIGUOUS)
    if order is DateOrder.DMY or (order is DateOrder.UNSAID and day_first):
        return _made(year, second, first)
    return _made(year, first, second)


def _made(year: int, month: int, day: int) -> date:
    try:
        found = date(year, month, day)
    except ValueError:
        raise CellWrong(LoadFaultCode.NOT_A_DATE) from None
    if found.year not in _YEARS:
        raise CellWrong(LoadFaultCode.NOT_A_DATE)
    return found


def _whole(text: str, column: Column, reading: Reading) -> int:
    number = _decimal(text, LoadFaultCode.NOT_A_WHOLE_NUMBER)
    if number != int(number) or not 1 <= number <= 1_000_000:
        raise CellWrong(LoadFaultCode.NOT_A_WHOLE_NUMBER)
    return int(number)


def _energy(text: str, column: Column, reading: Reading) -> int:
    wh = _decimal(text, LoadFaultCode.NOT_AN_ENERGY) * 1000
    if wh < 0 or wh != int(wh) or wh > _WH_MAX:
        raise CellWrong(LoadFaultCode.NOT_AN_ENERGY)
    return int(wh)


def _watt_hours(text: str, column: Column, reading: Reading) -> int:
    wh = _decimal(text, LoadFaultCode.NOT_WATT_HOURS)
    if wh < 0 or wh != int(wh) or wh > _WH_MAX:
        raise CellWrong(LoadFaultCode.NOT_WATT_HOURS)
    return int(wh)


def _register_values(text: str, column: Column, reading: Reading) -> dict[str, int]:
    """By register in Wh; one number alone stands for the only register, under the name ""."""
    if _DECIMAL.fullmatch(text):
        return {"": _energy(text, column, reading)}
    found: dict[str, int] = {}
    for part in text.split(";"):
        match = _REGISTER_VALUE.fullmatch(part.strip())
        if match is None or match[1] in found:
            raise CellWrong(LoadFaultCode.NOT_REGISTER_VALUES)
        found[match[1]] = _energy(match[2].strip(), column, reading)
    return found


def _amount(text: str, column: Column, reading: Reading) -> str:
    amount = _decimal(text.removeprefix("$").strip(), LoadFaultCode.NOT_AN_AMOUNT)
    if not 0 <= amount < 1_000_000 or amount != round(amount, 2):
        raise CellWrong(LoadFaultCode.NOT_AN_AMOUNT)
    return f"{amount:.2f}"


def _price(text: str, column: Column, reading: Reading) -> Decimal:
    price = _decimal(text.replace("$", "", 1).strip(), LoadFaultCode.NOT_A_PRICE)
    if abs(price) > _PRICE_MAX:
        raise CellWrong(LoadFaultCode.NOT_A_PRICE)
    return price


def _instant(text: str, column: Column, reading: Reading) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise CellWrong(LoadFaultCode.NOT_AN_INSTANT) from None
    # At either end of the calendar no instant can be put into another zone.
    if len(text) <= 10 or found.year not in _YEARS:
        raise CellWrong(LoadFaultCode.NOT_AN_INSTANT)
    if found.utcoffset() is not None:
        return found.astimezone(UTC)
    first, second = (found.replace(tzinfo=reading.zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if first == second:
        return first
    # In autumn an hour comes twice; in spring one never comes, and reading it back gives another.
    comes = first.astimezone(reading.zone).replace(tzinfo=None) == found
    raise CellWrong(LoadFaultCode.LOCAL_TIME_TWICE if comes else LoadFaultCode.LOCAL_TIME_NEVER)


def _postal_code(text: str, column: Column, reading: Reading) -> str:
    if not _POSTAL.fullmatch(text):
        raise CellWrong(LoadFaultCode.POSTAL_CODE_WRONG)
    return text


def _email(text: str, column: Column, reading: Reading) -> str:
    name, sign, domain = text.rpartition("@")
    if not (name and sign and "." in domain and " " not in text):
        raise CellWrong(LoadFaultCode.EMAIL_WRONG)
    return text


def _phone(text: str, column: Column, reading: Reading) -> str:
    if sum(sign.isdecimal() for sign in text) < 10:
        raise CellWrong(LoadFaultCode.PHONE_WRONG)
    return text


def _decimal(text: str, code: LoadFaultCode) -> Decimal:
    if not _DECIMAL.fullmatch(text):
        raise CellWrong(code)
    return Decimal(text.replace(",", ""))


HOUR: Final = timedelta(hours=1)

_READERS: Final[Mapping[Form, _Reader]] = MappingProxyType(
    {
        Form.NUMBER_GIVEN: _number_given,
        Form.CODE: _code,
        Form.CODES: _codes,
        Form.NAME_OF_GOODS: _name_of_goods,
        Form.TEXT: _text,
        Form.CHOICE: _choice,
        Form.YES_NO: _yes_no,
        Form.DAY: _day,
        Form.WHOLE: _whole,
        Form.ENERGY: _energy,
        Form.WATT_HOURS: _watt_hours,
        Form.REGISTER_VALUES: _register_values,
        Form.AMOUNT: _amount,
        Form.PRICE: _price,
        Form.INSTANT: _instant,
        Form.POSTAL_CODE: _postal_code,
        Form.EMAIL: _email,
        Form.PHONE: _phone,
    }
)

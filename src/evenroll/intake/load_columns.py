"""The columns of every kind of file that is loaded: their names, what may stand in them, and which must be there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from types import MappingProxyType
from typing import Final

from evenroll.enrollment.form import Dwelling, Language
from evenroll.enrollment.life_events import EquipmentKind
from evenroll.programs.program import MeterCapability
from evenroll.programs.rules import CustomerClass
from evenroll.records.load_terms import LoadKind


class Form(Enum):
    """What stands in a cell, and so how it is read."""

    NUMBER_GIVEN = auto()
    CODE = auto()
    CODES = auto()
    NAME_OF_GOODS = auto()
    TEXT = auto()
    CHOICE = auto()
    YES_NO = auto()
    DAY = auto()
    WHOLE = auto()
    ENERGY = auto()
    WATT_HOURS = auto()
    REGISTER_VALUES = auto()
    AMOUNT = auto()
    PRICE = auto()
    INSTANT = auto()
    POSTAL_CODE = auto()
    EMAIL = auto()
    PHONE = auto()


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """One column. needed: it must be there and every row must fill it. other_names: what utilities also call it.

    default: what a column stands for that is not there, or a cell that is empty.
    """

    name: str
    form: Form
    needed: bool = False
    length: int = 60
    choices: tuple[str, ...] = ()
    other_names: tuple[str, ...] = ()
    default: object = None


def _point(*, needed: bool = True) -> Column:
    names = ("pod", "usage_point_id", "point_of_delivery", "service_point", "sdp", "esiid")
    return Column(name="usage_point", form=Form.NUMBER_GIVEN, needed=needed, length=40, other_names=names)


def _account(*, needed: bool) -> Column:
    names = ("account_number", "account_no", "acct")
    return Column(name="account", form=Form.NUMBER_GIVEN, needed=needed, length=40, other_names=names, default="")


def _premise() -> Column:
    names = ("premise_number", "premise_id", "location", "service_location")
    return Column(name="premise", form=Form.NUMBER_GIVEN, needed=True, length=40, other_names=names)


def _day(name: str, *other_names: str, needed: bool = False) -> Column:
    return Column(name=name, form=Form.DAY, needed=needed, other_names=other_names)


def _choice(name: str, choices: tuple[str, ...], *, needed: bool = False, default: str | None = None) -> Column:
    return Column(name=name, form=Form.CHOICE, needed=needed, choices=choices, default=default)


def _organization(name: str, *, needed: bool = False) -> Column:
    return Column(name=name, form=Form.CODE, needed=needed, length=40)


_SERIAL: Final = Column(
    name="serial", form=Form.NUMBER_GIVEN, needed=True, length=40, other_names=("meter_serial", "meter", "meter_number")
)
_ADDRESS: Final = ("service_address", "street_address")
_PROVIDER_KINDS: Final = ("utility", "esco", "cca", "no_choice")
_POSTAL: Final = Column(name="postal_code", form=Form.POSTAL_CODE, needed=True, other_names=("zip", "zip_code"))

COLUMNS: Final[Mapping[LoadKind, tuple[Column, ...]]] = MappingProxyType(
    {
        LoadKind.ACCOUNTS: (
            _account(needed=True),
            Column(name="name", form=Form.TEXT, needed=True, length=200, other_names=("customer_name",)),
            Column(name="phone", form=Form.PHONE, default="", other_names=("phone_number", "telephone")),
            Column(name="email", form=Form.EMAIL, length=200, default="", other_names=("e_mail",)),
            _choice("language", tuple(each.value for each in Language), default="en"),
            Column(name="life_support", form=Form.YES_NO, default=False),
            _choice("customer_class", tuple(each.value for each in CustomerClass), needed=True),
            _choice("status", ("active", "closed"), default="active"),
            _day("opened_on", "open_date", needed=True),
            _day("closed_on", "close_date"),
            Column(name="good_standing", form=Form.YES_NO, default=True),
            Column(name="assistance", form=Form.YES_NO, default=False),
            Column(name="last_bill_amount", form=Form.AMOUNT, default=""),
        ),
        LoadKind.PREMISES: (
            _premise(),
            Column(name="address", form=Form.TEXT, needed=True, length=300, other_names=_ADDRESS),
            _POSTAL,
            _choice("dwelling", tuple(each.value for each in Dwelling), default=Dwelling.UNSAID.value),
        ),
        LoadKind.USAGE_POINTS: (
            _point(),
            _premise(),
            _account(needed=False),
            Column(
                name="read_cycle",
                form=Form.NUMBER_GIVEN,
                needed=True,
                length=20,
                other_names=("cycle", "billing_cycle", "bill_cycle"),
            ),
            Column(name="net_metering", form=Form.YES_NO, default=False, other_names=("nem",)),
            Column(name="interval_opt_out", form=Form.YES_NO, default=False, other_names=("ami_opt_out",)),
        ),
        LoadKind.METERS: (
            _point(),
            _SERIAL,
            _choice("capability", tuple(each.value for each in MeterCapability), needed=True),
            Column(name="registers", form=Form.CODES, default=("total",)),
            Column(name="multiplier", form=Form.WHOLE, default=1),
            Column(name="rollover_kwh", form=Form.ENERGY, needed=True),
            _day("installed_on", "install_date", needed=True),
            _day("removed_on", "removal_date"),
            Column(name="opening_kwh", form=Form.REGISTER_VALUES, needed=True, length=200),
            Column(name="closing_kwh", form=Form.REGISTER_VALUES, length=200),
            Column(name="remote_changeable", form=Form.YES_NO, default=False),
        ),
        LoadKind.READS: (
            _SERIAL,
            Column(name="register", form=Form.CODE, length=30, default="total"),
            _day("read_on", "read_date", needed=True),
            Column(name="value_kwh", form=Form.ENERGY, needed=True, other_names=("reading", "kwh", "read_kwh")),
            _choice("quality", ("actual", "estimated"), default="actual"),
        ),
        LoadKind.INTERVAL_READS: (
            Column(
                name="serial",
                form=Form.NUMBER_GIVEN,
                length=40,
                other_names=("meter_serial", "meter", "meter_number"),
            ),
            _point(needed=False),
            Column(name="start_at", form=Form.INSTANT, needed=True, other_names=("hour_beginning", "interval_start")),
            Column(name="end_at", form=Form.INSTANT, other_names=("hour_ending", "interval_end")),
            _choice("minutes", ("15", "30", "60")),
            Column(name="energy_wh", form=Form.WATT_HOURS, other_names=("wh",)),
            Column(name="energy_kwh", form=Form.ENERGY, other_names=("kwh", "usage_kwh", "consumption_kwh")),
        ),
        LoadKind.RATES: (
            _point(),
            Column(name="rate", form=Form.NUMBER_GIVEN, needed=True, other_names=("rate_code", "tariff", "schedule")),
            _organization("supplier"),
            Column(name="supply_rate", form=Form.NUMBER_GIVEN),
            Column(name="riders", form=Form.CODES, default=()),
            _day("from_on", "effective_date", "start_date", needed=True),
            _day("until_on", "end_date"),
        ),
        LoadKind.SUPPLIER_OF_RECORD: (
            _point(),
            _POSTAL,
            Column(name="address", form=Form.TEXT, length=300, other_names=_ADDRESS, default=""),
            _organization("utility", needed=True),
            _organization("supplier"),
            _choice("supplier_kind", _PROVIDER_KINDS, needed=True),
            _day("from_on", "effective_date", "start_date", needed=True),
            _choice("status", ("active", "blocked", "out_of_territory"), default="active"),
            _organization("pending_to"),
        ),
        LoadKind.APPROVED_EQUIPMENT: (
            Column(name="program", form=Form.NUMBER_GIVEN, default=""),
            Column(name="model", form=Form.NAME_OF_GOODS, needed=True),
            _choice("kind", tuple(each.value for each in EquipmentKind), needed=True),
            _day("listed_from_on", needed=True),
            _day("listed_until_on"),
        ),
        LoadKind.PRICE_SERIES: (
            Column(name="series", form=Form.NUMBER_GIVEN, needed=True),
            Column(name="start_at", form=Form.INSTANT, needed=True, other_names=("hour_beginning", "interval_start")),
            Column(name="end_at", form=Form.INSTANT, other_names=("hour_ending", "interval_end")),
            Column(name="price_usd_per_kwh", form=Form.PRICE),
            Column(name="price_cents_per_kwh", form=Form.PRICE),
            Column(name="source", form=Form.NUMBER_GIVEN, needed=True),
        ),
        LoadKind.ENROLLMENTS: (
            Column(name="enrollment", form=Form.NUMBER_GIVEN, needed=True, length=60),
            _account(needed=True),
            _point(),
            Column(name="program", form=Form.NUMBER_GIVEN, needed=True),
            _day("enrolled_on", needed=True),
            _day("active_on", needed=True),
            _day("minimum_stay_ends_on"),
        ),
    }
)

PERSONAL: Final = frozenset(
    {"account", "name", "phone", "email", "last_bill_amount", "premise", "address", "postal_code"}
)
"""Columns whose values no message, example or log repeats."""

"""How each kind of file is loaded: what a row becomes, what is checked against the books, and what is merged."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from types import MappingProxyType
from typing import Any, Final

from evenroll.enrollment.roles import OrganizationKind
from evenroll.enrollment.usage_point import Agreement, PointMeter, Register
from evenroll.intake.load_columns import COLUMNS
from evenroll.intake.load_hand import Hand, RowWrong
from evenroll.intake.load_intervals import load_intervals
from evenroll.intake.load_rows import LoadRow
from evenroll.intake.price_rows import price_of
from evenroll.programs.program import MeterCapability
from evenroll.quantities.codec import text_of
from evenroll.quantities.identifiers import MeterSerial, OrganizationKey, PodId, RateKey
from evenroll.records import loads, loads_books, loads_enrollments, loads_people, loads_points
from evenroll.records.load_terms import LoadDifference, LoadFault, LoadFaultCode, LoadKind
from evenroll.records.loads_enrollments import EnrollmentRow
from evenroll.records.loads_people import PersonRow
from evenroll.records.loads_points import Part, Tally
from evenroll.records.loads_streams import merge_changes
from evenroll.records.register import ACCOUNT, LOCATION
from evenroll.records.tokens import TokenKind, token

PEOPLE_BATCH: Final = 1_000
_UTILITY: Final = frozenset({OrganizationKind.UTILITY})
_PROVIDERS: Final = frozenset({OrganizationKind.UTILITY, OrganizationKind.SUPPLIER})
_REGISTRY: Final = frozenset({OrganizationKind.CLEARINGHOUSE})


def load_accounts(hand: Hand) -> LoadDifference:
    """Accounts with their customers, each under a key of its own."""
    tally = Tally()
    loads_people.prepare(tally)
    for batch in _batches(hand):
        hand.tell(loads_people.load_accounts(batch, tally=tally, writes=hand.may_write))
    hand.tell(loads.duplicates(("key",), column="account"))
    loads_people.count_absent(tally, kind=TokenKind.ACCOUNT_NUMBER, subject=ACCOUNT)
    return loads_points.told(tally)


def load_premises(hand: Hand) -> LoadDifference:
    """Premises, each address under a key of its own."""
    tally = Tally()
    loads_people.prepare(tally)
    for batch in _batches(hand):
        hand.tell(loads_people.load_premises(batch, tally=tally, writes=hand.may_write))
    hand.tell(loads.duplicates(("key",), column="premise"))
    loads_people.count_absent(tally, kind=TokenKind.PREMISE_NUMBER, subject=LOCATION)
    return loads_points.told(tally)


def load_usage_points(hand: Hand) -> LoadDifference:
    """Usage points at their premises and accounts; at a utility each new one begins its stream."""
    loads.stage(loads_books.POINT_COLUMNS, hand.built(_point))
    hand.tell(loads.duplicates(("pod",), column="usage_point"))
    hand.tell(loads_books.resolve_points())
    difference = loads_books.compare_points(present=hand.present)
    if hand.may_write:
        loads_books.merge_points(hand.writing, present=hand.present)
    return difference


def load_meters(hand: Hand) -> LoadDifference:
    """Meters at their usage points, with the reads at which they came and went."""
    return _load_part(hand, Part.METERS, lambda row: _meter(row, hand), column="installed_on")


def load_rates(hand: Hand) -> LoadDifference:
    """The periods of usage points: rate, supplier, product of the supply, riders."""
    return _load_part(hand, Part.AGREEMENTS, lambda row: _agreement(row, hand), column="from_on")


def load_reads(hand: Hand) -> LoadDifference:
    """What registers stood at on the mornings of days."""
    loads.stage(loads_books.READ_COLUMNS, hand.built(lambda row: _read(row, hand)))
    hand.tell(loads.duplicates(loads_books.READS.keys, column="read_on"))
    hand.tell(loads_books.unknown_meters())
    return _merged(hand, loads_books.READS)


def load_supply(hand: Hand) -> LoadDifference:
    """The rows of a clearinghouse: who delivers to and who supplies a usage point from a day on."""
    loads.stage(loads_books.SUPPLY_COLUMNS, hand.built(_supply))
    hand.tell(loads.duplicates(loads_books.SUPPLY.keys, column="usage_point"))
    difference = loads.compare(loads_books.SUPPLY, present=hand.present)
    if hand.may_write:
        loads_books.merge_supply(present=hand.present)
    return difference


def load_equipment(hand: Hand) -> LoadDifference:
    """Dated lists of approved charging equipment."""
    programs = loads_books.own_programs()
    loads.stage(loads_books.EQUIPMENT_COLUMNS, hand.built(lambda row: _equipment(row, programs)))
    hand.tell(loads.duplicates(loads_books.EQUIPMENT.keys, column="model"))
    return _merged(hand, loads_books.EQUIPMENT)


def load_prices(hand: Hand) -> LoadDifference:
    """The prices of series, hour by hour."""
    loads.stage(loads_books.PRICE_COLUMNS, hand.built(lambda row: _price(row, hand)))
    hand.tell(loads.duplicates(loads_books.PRICES.keys, column="start_at"))
    hand.tell(loads_books.overlapping_hours())
    present = hand.present | {"end_at", "price_usd_per_kwh"}
    difference = loads.compare(loads_books.PRICES, present=present)
    if hand.may_write:
        loads.merge(loads_books.PRICES, present=present | {loads_books.AS_OF})
    return difference


def load_enrollments(hand: Hand) -> LoadDifference:
    """Enrollments that exist already, as active cases that hold their place."""
    loads.make_table(loads.STAGE, {"row_number": "bigint", "key": "text"})
    loading = loads_enrollments.EnrollmentLoading(writing=hand.writing, tally=Tally())
    for batch in _batches(hand):
        keys = ((row.number, row.values["enrollment"]) for row in batch)
        loads.copy_into(loads.STAGE, ("row_number", "key"), keys)
        for row in batch:
            said = {column.name: row.values.get(column.name) for column in COLUMNS[LoadKind.ENROLLMENTS]}
            hand.tell(_enrollment(EnrollmentRow(number=row.number, values=said), loading, hand))
    hand.tell(loads.duplicates(("key",), column="enrollment"))
    loads_enrollments.count_absent(loading)
    return loads_points.told(loading.tally)


def _enrollment(row: EnrollmentRow, loading: loads_enrollments.EnrollmentLoading, hand: Hand) -> Iterator[LoadFault]:
    said = row.values
    for column in ("enrolled_on", "active_on"):
        if said[column] > hand.asked.as_of_on:
            choices = (str(hand.asked.as_of_on),)
            yield LoadFault(row=row.number, column=column, code=LoadFaultCode.AFTER_AS_OF, choices=choices)
            return
    if said["active_on"] < said["enrolled_on"]:
        yield LoadFault(row=row.number, column="active_on", code=LoadFaultCode.END_NOT_AFTER_START)
        return
    yield from loads_enrollments.load_enrollment(loading, row)


def _load_part(
    hand: Hand, part: Part, build: Callable[[LoadRow], tuple[object, ...]], *, column: str
) -> LoadDifference:
    loads.stage(loads_points.COLUMNS, hand.built(build))
    hand.tell(loads.duplicates(("pod", "key"), column=column))
    tally = Tally()
    if not hand.faults:
        hand.tell(loads_points.change_points(hand.writing, part=part, tally=tally))
    if hand.may_write:
        merge_changes(hand.writing)
    return loads_points.told(tally)


def _merged(hand: Hand, target: loads.Target) -> LoadDifference:
    difference = loads.compare(target, present=hand.present)
    if hand.may_write:
        loads.merge(target, present=hand.present)
    return difference


def _batches(hand: Hand) -> Iterator[list[PersonRow]]:
    rows = hand.rows()
    while found := list(islice(rows, PEOPLE_BATCH)):
        yield [_person(row, hand) for row in found]


def _person(row: LoadRow, hand: Hand) -> PersonRow:
    """What the row says; a column that the file does not have says nothing."""
    return PersonRow(
        number=row.number, values={name: value for name, value in row.values.items() if name in hand.present}
    )


def _point(row: LoadRow) -> tuple[object, ...]:
    said = row.values
    account = said["account"]
    return (
        said["usage_point"],
        token(TokenKind.PREMISE_NUMBER, said["premise"]),
        token(TokenKind.ACCOUNT_NUMBER, account) if account else "",
        said["read_cycle"],
        said["net_metering"],
        said["interval_opt_out"],
    )


def _meter(row: LoadRow, hand: Hand) -> tuple[object, ...]:
    said = row.values
    installed_on, removed_on = said["installed_on"], said["removed_on"]
    if removed_on is not None and removed_on < installed_on:
        raise RowWrong("removed_on", LoadFaultCode.END_NOT_AFTER_START)
    for name in ("installed_on", "removed_on"):
        _refuse_after_as_of(row, name, hand)
    closing = said["closing_kwh"]
    if (closing is None) is not (removed_on is None):
        missing = "closing_kwh" if closing is None else "removed_on"
        raise RowWrong(missing, LoadFaultCode.MISSING)
    meter = PointMeter(
        serial=MeterSerial(said["serial"]),
        capability=MeterCapability(said["capability"]),
        registers=tuple(
            Register(name=name, multiplier=said["multiplier"], rollover_wh=said["rollover_kwh"])
            for name in said["registers"]
        ),
        installed_on=installed_on,
        opening_wh=_by_register(said, "opening_kwh"),
        removed_on=removed_on,
        closing_wh=_by_register(said, "closing_kwh") if closing is not None else {},
        remote_changeable=said["remote_changeable"],
    )
    key = f"{meter.serial} {installed_on}"
    return (said["usage_point"], key, installed_on, text_of(meter))


def _by_register(said: Mapping[str, Any], column: str) -> dict[str, int]:
    """The values of all registers; each must be there, and one that it can show."""
    values, names = said[column], said["registers"]
    named = {names[0]: values[""]} if set(values) == {""} and len(names) == 1 else dict(values)
    if set(named) != set(names) or any(value >= said["rollover_kwh"] for value in named.values()):
        raise RowWrong(column, LoadFaultCode.NOT_REGISTER_VALUES)
    return {name: named[name] for name in names}


def _agreement(row: LoadRow, hand: Hand) -> tuple[object, ...]:
    said = row.values
    _refuse_empty_period(row, "from_on", "until_on")
    supply_rate = said["supply_rate"]
    hand.rates.update(each for each in (said["rate"], supply_rate, *said["riders"]) if each)
    agreement = Agreement(
        rate=RateKey(said["rate"]),
        supplier=OrganizationKey(said["supplier"] or hand.asked.organization),
        start_on=said["from_on"],
        end_on=said["until_on"],
        supply_rate=RateKey(supply_rate) if supply_rate else None,
        riders=tuple(RateKey(each) for each in said["riders"]),
    )
    return (PodId(said["usage_point"]), str(agreement.start_on), agreement.start_on, text_of(agreement))


def _read(row: LoadRow, hand: Hand) -> tuple[object, ...]:
    said = row.values
    _refuse_after_as_of(row, "read_on", hand)
    return (said["serial"], said["register"], said["read_on"], said["value_kwh"], said["quality"])


def _supply(row: LoadRow) -> tuple[object, ...]:
    said = row.values
    if said["supplier_kind"] in ("esco", "cca") and not said["supplier"]:
        raise RowWrong("supplier", LoadFaultCode.MISSING)
    address = token(TokenKind.SERVICE_ADDRESS, said["address"]) if said["address"] else ""
    names = ("usage_point", "from_on", "postal_code", "utility", "supplier", "supplier_kind", "status", "pending_to")
    return (*(said[name] for name in names), address)


def _equipment(row: LoadRow, programs: frozenset[str]) -> tuple[object, ...]:
    said = row.values
    _refuse_empty_period(row, "listed_from_on", "listed_until_on")
    written = said["program"]
    program = written if written in programs else written.upper()
    if program and program not in programs:
        raise RowWrong("program", LoadFaultCode.PROGRAM_UNKNOWN, *sorted(programs))
    return (program, said["model"], said["kind"], said["listed_from_on"], said["listed_until_on"])


def _price(row: LoadRow, hand: Hand) -> tuple[object, ...]:
    said = row.values
    price = price_of(said)
    return (price.series, price.start_at, price.end_at, price.price_e8, said["source"], hand.asked.as_of_on)


def _refuse_empty_period(row: LoadRow, start: str, end: str) -> None:
    if row.values[end] is not None and row.values[end] <= row.values[start]:
        raise RowWrong(end, LoadFaultCode.END_NOT_AFTER_START)


def _refuse_after_as_of(row: LoadRow, column: str, hand: Hand) -> None:
    day = row.values[column]
    if day is not None and day > hand.asked.as_of_on:
        raise RowWrong(column, LoadFaultCode.AFTER_AS_OF, str(hand.asked.as_of_on))


KINDS: Final[Mapping[LoadKind, tuple[frozenset[OrganizationKind], Callable[[Hand], LoadDifference]]]] = (
    MappingProxyType(
        {
            LoadKind.ACCOUNTS: (_PROVIDERS, load_accounts),
            LoadKind.PREMISES: (_PROVIDERS, load_premises),
            LoadKind.USAGE_POINTS: (_PROVIDERS, load_usage_points),
            LoadKind.METERS: (_UTILITY, load_meters),
            LoadKind.READS: (_UTILITY, load_reads),
            LoadKind.INTERVAL_READS: (_UTILITY, load_intervals),
            LoadKind.RATES: (_UTILITY, load_rates),
            LoadKind.SUPPLIER_OF_RECORD: (_REGISTRY, load_supply),
            LoadKind.APPROVED_EQUIPMENT: (_PROVIDERS, load_equipment),
            LoadKind.PRICE_SERIES: (_PROVIDERS, load_prices),
            LoadKind.ENROLLMENTS: (_PROVIDERS, load_enrollments),
        }
    )
)
"""Which organizations a kind is loaded into, and how."""

"""A Green Button file (ESPI XML) as loads of electricity: its entries tied together, its units and directions read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np

from evenroll.intake.espi_feed import MILLION, SAID_NOTHING, Entry, Readings, read_feed
from evenroll.intake.own_load import THE_METER, Direction, OwnLoad, OwnLoads, meter_word
from evenroll.intake.own_load_series import Series, load_of_series
from evenroll.intake.own_load_words import Listed, OwnFileRefused, Said, at, refuse, say
from evenroll.pages.own_load_codes import OwnNote, OwnRefusal, OwnWord

_WATT_HOURS: Final = "72"
_ELECTRICITY: Final = "0"
_POWER_OF_TEN: Final = range(-6, 10)
_VALUE_MAX: Final = 10**16
"""Millionths of a Wh, beyond any meter and within 64 bits."""
_TOLD_MAX: Final = 5

# Codes of the standard (NAESB REQ.21): ServiceKind, CommodityKind, flowDirection, QualityOfReading.
_SERVICES: Final[Mapping[str, OwnWord]] = MappingProxyType(
    {
        "1": OwnWord.GAS,
        "2": OwnWord.WATER,
        "3": OwnWord.TIME,
        "4": OwnWord.HEAT,
        "5": OwnWord.REFUSE,
        "6": OwnWord.SEWERAGE,
        "7": OwnWord.RATES,
        "8": OwnWord.TELEVISION,
    }
)
_COMMODITIES: Final[Mapping[str, OwnWord]] = MappingProxyType(
    {
        "7": OwnWord.NATURAL_GAS,
        "8": OwnWord.PROPANE,
        "9": OwnWord.DRINKING_WATER,
        "10": OwnWord.STEAM,
        "11": OwnWord.WASTE_WATER,
    }
)
_ELECTRIC_COMMODITIES: Final = ("", "0", "1", "2")
_UNITS: Final[Mapping[str, OwnWord]] = MappingProxyType(
    {
        "38": OwnWord.WATTS,
        "42": OwnWord.CUBIC_METERS,
        "71": OwnWord.VOLT_AMPERE_HOURS,
        "73": OwnWord.REACTIVE_ENERGY,
        "119": OwnWord.CUBIC_FEET,
        "132": OwnWord.BTU,
        "169": OwnWord.THERMS,
    }
)
_DIRECTIONS: Final[Mapping[str, Direction]] = MappingProxyType(
    {"": Direction.DELIVERED, "0": Direction.DELIVERED, "1": Direction.DELIVERED}
    | {"4": Direction.NET, "19": Direction.RECEIVED}
)
_NOT_MEASURED: Final = (8, 9, 10, 12, 13, 15)


@dataclass(kw_only=True, slots=True)
class _Meter:
    """A MeterReading with all that belongs to it."""

    name: str
    point: Entry | None
    type: Entry
    blocks: list[Entry] = field(default_factory=list[Entry])


class _NotRead(Exception):
    """What a meter reading is instead of intervals of electric energy."""

    def __init__(self, code: OwnWord, *, kind: str | Said = "") -> None:
        super().__init__(code.value)
        self.said = say(code, kind=kind)


def read_green_button(path: Path, *, zone: str) -> OwnLoads:
    """The loads of a Green Button file, one for each meter and direction; costs are not read.

    zone: the IANA name of the clock by which the customer is billed. Instants are in UTC in the standard, so that days
    of 23 and 25 hours come out by themselves. Raises OwnFileRefused: no electricity in it, or what `read_feed` and
    `load_of_series` refuse.
    """
    feed = read_feed(path)
    ties = _Ties(path, feed.entries)
    warnings = [*feed.warnings, *_clock_told(feed.entries, zone)]
    series: list[Series] = []
    not_read: list[Listed] = []
    for meter in ties.meters():
        try:
            series.append(_series(meter, path=path))
        except _NotRead as told:
            not_read.append(Listed([meter_word(meter.name), told.said], ": "))
    if not series:
        raise refuse(OwnRefusal.NO_ELECTRICITY, file=path, found=Listed(not_read[:_TOLD_MAX]))
    warnings += [*ties.warnings, *(say(OwnNote.NOT_READ, found=each) for each in not_read)]
    return OwnLoads(loads=_loads(series, zone=zone, warnings=warnings), warnings=tuple(warnings))


def _loads(series: Sequence[Series], *, zone: str, warnings: list[Said]) -> tuple[OwnLoad, ...]:
    """The loads that can be made; the others are told, unless there is no load at all. What was fed in is no use."""
    found: list[OwnLoad] = []
    refused: list[OwnFileRefused] = []
    for each in series:
        try:
            found.append(load_of_series(each, zone=zone))
        except OwnFileRefused as error:
            refused.append(error)
    if not found:
        raise refused[0]
    warnings += [say(OwnNote.REFUSED_BESIDE, found=error.said) for error in refused]
    fed_in = (each for each in found if each.direction is Direction.RECEIVED)
    warnings += [say(OwnNote.FED_IN_LEFT_OUT, meter=meter_word(each.meter)) for each in fed_in]
    return tuple(found)


class _Ties:
    """Finds what belongs together by the links of the entries, and says where they do not tell."""

    def __init__(self, path: Path, entries: Sequence[Entry]) -> None:
        self.warnings: list[Said] = []
        self._path = path
        self._by: dict[str, list[Entry]] = {}
        for entry in entries:
            self._by.setdefault(entry.resource, []).append(entry)

    def meters(self) -> list[_Meter]:
        """Every meter reading with its blocks. Raises OwnFileRefused where it cannot be known what belongs to what."""
        blocks = self._by.get("IntervalBlock", [])
        if not blocks:
            self._refuse_empty()
        readings = self._by.get("MeterReading", [])
        if not readings:
            self._warn(say(OwnNote.METER_UNSAID))
            readings = [Entry(line=blocks[0].line, resource="MeterReading")]
        places = _by_link(readings)
        found: dict[int, _Meter] = {}
        for block in blocks:
            reading = self._tied(block, readings, lambda entry: _place_of(entry, places), part=OwnWord.METER)
            if id(reading) not in found:
                found[id(reading)] = self._meter(reading)
            found[id(reading)].blocks.append(block)
        return self._named_apart(list(found.values()))

    def _meter(self, reading: Entry) -> _Meter:
        types, points = self._by.get("ReadingType", []), self._by.get("UsagePoint", [])
        if not types:
            raise refuse(OwnRefusal.NO_UNIT, file=self._path)
        selves = {href: each for each in types for href in each.hrefs("self")}
        type_ = self._tied(
            reading,
            types,
            lambda entry: _first(selves.get(href) for href in entry.hrefs("related")),
            part=OwnWord.UNIT,
        )
        point: Entry | None = None
        if points:
            point = self._tied(reading, points, lambda entry: _point_of(entry, points), part=OwnWord.USAGE_POINT)
        name = " / ".join(each for each in (point.title if point else "", reading.title) if each)
        return _Meter(name=_plain(name) or THE_METER, point=point, type=type_)

    def _tied(
        self, entry: Entry, choices: Sequence[Entry], find: Callable[[Entry], Entry | None], *, part: OwnWord
    ) -> Entry:
        found = find(entry)
        if found is not None:
            return found
        if len(choices) == 1:
            self._warn(say(OwnNote.ONLY_ONE_TAKEN, part=say(part)))
            return choices[0]
        where = at(OwnWord.AT_LINE, file=self._path, line=entry.line)
        raise refuse(OwnRefusal.NOT_TIED, at=where, part=say(part), count=len(choices))

    def _warn(self, told: Said) -> None:
        if told not in self.warnings:
            self.warnings.append(told)

    def _refuse_empty(self) -> None:
        kinds = sorted({point.fields.get("kind", "") for point in self._by.get("UsagePoint", [])})
        about = [found for kind in kinds if (found := _service_of(kind)) is not None]
        told = {"kinds": Listed(about, ", ")} if about else {}
        raise refuse(OwnRefusal.NO_INTERVALS, file=self._path, **told)

    def _named_apart(self, meters: list[_Meter]) -> list[_Meter]:
        names = [meter.name for meter in meters]
        for place, meter in enumerate(meters, start=1):
            if names.count(meter.name) > 1:
                meter.name = f"{meter.name} #{place}"
        return meters


def _by_link(readings: Sequence[Entry]) -> dict[str, Entry]:
    found: dict[str, Entry] = {}
    for reading in readings:
        for href in (*reading.hrefs("self"), *reading.hrefs("related")):
            found.setdefault(href, reading)
    return found


def _place_of(block: Entry, places: Mapping[str, Entry]) -> Entry | None:
    """The meter reading beneath which a block stands, or which names it."""
    for href in (*block.hrefs("self"), *block.hrefs("up"), *block.hrefs("related")):
        parts = href.split("/")
        # MeterReading/1/IntervalBlock/7: the block itself, all blocks, then the meter reading.
        for end in range(len(parts), max(len(parts) - 3, 0), -1):
            if (found := places.get("/".join(parts[:end]))) is not None:
                return found
    return None


def _point_of(reading: Entry, points: Sequence[Entry]) -> Entry | None:
    named = {*reading.hrefs("self"), *reading.hrefs("up")}
    for point in points:
        own = tuple(f"{href}/" for href in point.hrefs("self"))
        if named & set(point.hrefs("related")) or any(href.startswith(own) for href in named if own):
            return point
    return None


def _first(found: Iterable[Entry | None]) -> Entry | None:
    return next((each for each in found if each is not None), None)


def _service_of(kind: str) -> Said | None:
    """What a usage point is about, where that is not electricity."""
    if kind in ("", _ELECTRICITY):
        return None
    return _word(kind, known=_SERVICES, else_=OwnWord.SERVICE_KIND)


def _word(code: str, *, known: Mapping[str, OwnWord], else_: OwnWord) -> Said:
    return say(known[code]) if code in known else say(else_, kind=_plain(code))


def _series(meter: _Meter, *, path: Path) -> Series:
    """The intervals of a meter in one unit. Raises _NotRead, OwnFileRefused."""
    told = meter.type.fields
    _check_electric(meter)
    direction = _DIRECTIONS.get(told.get("flowDirection", ""))
    if direction is None:
        raise _NotRead(OwnWord.FLOW_UNKNOWN, kind=_plain(told["flowDirection"]))
    readings = _joined(meter.blocks)
    length = np.array(readings.length_s, dtype=np.int64)
    length[length == SAID_NOTHING] = _whole(told.get("intervalLength", ""), default=0)
    return Series(
        start_s=np.array(readings.start_s, dtype=np.int64),
        length_s=length,
        wh_e6=np.array(_scaled(readings, type_=meter.type, path=path), dtype=np.int64),
        estimated=np.isin(np.array(readings.quality, dtype=np.int64), _NOT_MEASURED),
        place=np.array(readings.line, dtype=np.int64),
        place_word=OwnWord.AT_LINE,
        file=str(path),
        meter=meter.name,
        direction=direction,
    )


def _check_electric(meter: _Meter) -> None:
    told = meter.type.fields
    if meter.point is not None and (service := _service_of(meter.point.fields.get("kind", ""))):
        raise _NotRead(OwnWord.NOT_ELECTRICITY, kind=service)
    if (commodity := told.get("commodity", "")) not in _ELECTRIC_COMMODITIES:
        counted = _word(commodity, known=_COMMODITIES, else_=OwnWord.COMMODITY)
        raise _NotRead(OwnWord.NOT_ELECTRICITY, kind=counted)
    unit = told.get("uom", "")
    if unit != _WATT_HOURS:
        counted = _word(unit, known=_UNITS, else_=OwnWord.UNIT_CODE) if unit else say(OwnWord.UNIT_UNSAID)
        raise _NotRead(OwnWord.NOT_WH, kind=counted)
    if told.get("accumulationBehaviour", "") not in ("", "0", "4"):
        raise _NotRead(OwnWord.REGISTER_STOOD)
    if told.get("dataQualifier", "") not in ("", "0", "12"):
        raise _NotRead(OwnWord.MEAN_TOLD)


def _joined(blocks: Sequence[Entry]) -> Readings:
    joined = Readings()
    for block in blocks:
        joined.start_s.extend(block.readings.start_s)
        joined.length_s.extend(block.readings.length_s)
        joined.value_e6.extend(block.readings.value_e6)
        joined.quality.extend(block.readings.quality)
        joined.line.extend(block.readings.line)
    return joined


def _scaled(readings: Readings, *, type_: Entry, path: Path) -> list[int]:
    """Millionths of a Wh."""
    text = type_.fields.get("powerOfTenMultiplier", "0")
    power = _whole(text, default=SAID_NOTHING * MILLION)
    if power not in _POWER_OF_TEN:
        where = at(OwnWord.AT_LINE, file=path, line=type_.line)
        raise refuse(OwnRefusal.POWER_OF_TEN, at=where, least=_POWER_OF_TEN[0], most=_POWER_OF_TEN[-1])
    if power >= 0:
        found = [value * 10**power for value in readings.value_e6]
    else:
        found = [value // 10**-power for value in readings.value_e6]
    # What is beyond any meter is refused by its line later on, and has to fit until then.
    return [max(min(value, _VALUE_MAX), -_VALUE_MAX) for value in found]


def _whole(text: str, *, default: int) -> int:
    digits = text.removeprefix("-")
    return int(text) if digits.isascii() and digits.isdecimal() and len(digits) <= 9 else default


def _plain(text: str) -> str:
    return "".join(sign for sign in text if sign.isprintable())[:80]


def _clock_told(entries: Sequence[Entry], zone: str) -> list[Said]:
    """Where the feed tells of another clock than the one by which the load will be billed."""
    for entry in entries:
        told = entry.fields.get("tzOffset", "") if entry.resource == "LocalTimeParameters" else ""
        offset = _whole(told, default=0)
        if told and timedelta(seconds=offset) != _standard(zone):
            return [say(OwnNote.OTHER_CLOCK, line=str(entry.line), hours=f"{offset / 3600:+g}", zone=zone)]
    return []


def _standard(zone: str) -> timedelta | None:
    at = datetime(2026, 1, 15, tzinfo=ZoneInfo(zone))
    summer = at.dst() or timedelta()
    return (at.utcoffset() or timedelta()) - summer

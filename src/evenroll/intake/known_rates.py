"""The rates by which past bills are held: those of the catalog, of further catalog files, and records of URDB."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final, cast

from evenroll.costs.lattice.from_catalog import schedule_of_rate
from evenroll.costs.lattice.schedule import ScheduleRefused
from evenroll.costs.lattice.urdb_record import schedule_of_urdb
from evenroll.costs.matching.past_bill import KnownRate
from evenroll.intake.file_shape import FileRefused
from evenroll.programs.catalog import Catalog, catalog_texts, parse_catalog
from evenroll.programs.program import Coverage
from evenroll.programs.tariff_holidays import NO_HOLIDAYS
from evenroll.quantities.calendars import ServiceCalendar, calendar
from evenroll.quantities.identifiers import RateKey

_EARLY: Final = date(1900, 1, 1)


def catalog_with(files: Sequence[Path]) -> Catalog:
    """The catalog that ships and further files; one of the same name takes its place.

    Raises FileRefused, CatalogRefused.
    """
    texts = {file.name: _text(file) for file in files}
    return parse_catalog({**catalog_texts(), **texts})


def known_rates(catalog: Catalog) -> tuple[dict[RateKey, KnownRate], dict[RateKey, str]]:
    """The rates of a catalog that can be billed, and of the others what is missing or not supported."""
    zones = {each.key: calendar(each.calendar) for each in catalog.organizations}
    found: dict[RateKey, KnownRate] = {}
    refused: dict[RateKey, str] = {}
    for rate in sorted(catalog.rates, key=lambda each: each.effective_on):
        try:
            schedule = schedule_of_rate(rate)
        except ScheduleRefused as wrong:
            refused[rate.key] = wrong.feature
            continue
        before = found[rate.key].versions if rate.key in found else ()
        found[rate.key] = KnownRate(versions=(*before, schedule), calendar=zones[rate.organization])
    return found, {key: why for key, why in refused.items() if key not in found}


def rate_of_urdb(path: Path, *, territory: ServiceCalendar) -> dict[RateKey, KnownRate]:
    """The records of a file, all of them. Raises FileRefused also where one has what is not supported."""
    found, unsupported = rates_of_urdb(path, territory=territory)
    for key, feature in unsupported.items():
        raise FileRefused(f"{path}: rate {key} cannot be priced: {feature}. Give a file without that record.")
    return found


def rates_of_urdb(
    path: Path, *, territory: ServiceCalendar, holidays: str = NO_HOLIDAYS
) -> tuple[dict[RateKey, KnownRate], dict[RateKey, str]]:
    """The records of a JSON file of the Utility Rate Database by label and by name; of others what is not supported.

    Raises FileRefused.
    """
    text = _text(path)
    try:
        read: object = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise FileRefused(f"{path} is no JSON. Save the record as the database gives it.") from error
    versions: dict[str, list[tuple[Mapping[str, Any], date]]] = {}
    for record in _records(read, path=path):
        for key in dict.fromkeys((str(record.get("label") or ""), str(record.get("name") or ""))):
            if key:
                versions.setdefault(key, []).append((record, _since(record)))
    found: dict[RateKey, KnownRate] = {}
    unsupported: dict[RateKey, str] = {}
    for key, records in versions.items():
        try:
            schedules = [
                schedule_of_urdb(
                    {**record, "label": key},
                    coverage=Coverage.BOTH,
                    effective_on=since,
                    holidays=holidays,
                )
                for record, since in sorted(records, key=lambda each: each[1])
            ]
        except ScheduleRefused as refused:
            unsupported[RateKey(key)] = f"{refused.feature} ({refused.place})"
            continue
        found[RateKey(key)] = KnownRate(versions=tuple(schedules), calendar=territory)
    return found, unsupported


def _records(read: object, *, path: Path) -> list[Mapping[str, Any]]:
    """One record, a list of them, or what the database's API gives."""
    items = cast("dict[str, object]", read).get("items", [read]) if isinstance(read, dict) else read
    if not isinstance(items, list) or not all(isinstance(each, dict) for each in cast("list[object]", items)):
        raise FileRefused(f"{path} holds no record of the Utility Rate Database. Save one as the database gives it.")
    found = cast("list[Mapping[str, Any]]", items)
    if not found or any("energyratestructure" not in each for each in found):
        raise FileRefused(f"{path} holds no record with energyratestructure. Save one as the database gives it.")
    return found


def _since(record: Mapping[str, Any]) -> date:
    """The day from which a record holds, which it gives in seconds; from early on where it gives none."""
    told = record.get("startdate")
    if isinstance(told, bool) or not isinstance(told, int):
        return _EARLY
    return datetime.fromtimestamp(told, tz=UTC).date()


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise FileRefused(f"{path} cannot be read ({error.strerror}). Check its name and its rights.") from None
    except UnicodeDecodeError:
        raise FileRefused(f"{path} is no UTF-8 text. Save it as UTF-8.") from None

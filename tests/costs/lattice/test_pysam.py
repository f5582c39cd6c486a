"""PySAM as judge. Typed records always; hundreds more where EVENROLL_RATE_RECORDS names the folder that has them."""

from __future__ import annotations

import csv
import hashlib
import json
import os
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from evenroll.costs.lattice.bills import bill_block_plainly
from evenroll.costs.lattice.schedule import ScheduleRefused
from evenroll.costs.lattice.urdb_record import schedule_of_urdb
from evenroll.programs.program import Coverage
from tests.costs.lattice.invented import block_of, engine_of, months_of
from tests.costs.lattice.priced_as_judge import Priced, engine_of_record, kinds_of, priced
from tests.costs.lattice.pysam_judge import JudgeRefuses, judged
from tests.costs.lattice.typed_records import TYPED

FOLDER = os.environ.get("EVENROLL_RATE_RECORDS", "")
HALF_CENT = 0.005
NOISE = 1e-6

with_records = pytest.mark.skipif(
    not FOLDER, reason="EVENROLL_RATE_RECORDS names no folder with tariffs, loads and pysam_reference.json"
)


def _invented_load(*, highest_wh: int, seed: int = 7, minutes: int = 60) -> NDArray[np.int64]:
    return np.random.default_rng(seed).integers(0, highest_wh, size=365 * 24 * 60 // minutes)


def _agree(found: Priced, truth: Mapping[str, NDArray[np.float64]], *, most: Mapping[str, int]) -> float:
    """Each line within half a cent, and a month before rounding too. Returns the largest difference of such a month."""
    for kind, amounts in truth.items():
        if kind != "minimum":
            assert np.abs(found.lines[kind] - amounts).max() <= HALF_CENT * most.get(kind, 1) + NOISE, kind
    whole = sum(truth.values(), np.zeros(12))
    assert np.abs(found.totals - whole).max() <= HALF_CENT * found.lines_most + NOISE
    apart = np.abs(found.exact - truth["energy"] - truth["demand"] - truth["demand_of_hours"])
    assert apart.max() <= HALF_CENT
    return float(apart.max())


def _most(engine: Any) -> dict[str, int]:
    found: dict[str, int] = {}
    for (kind, _), count in kinds_of(engine.rates).items():
        found[kind] = max(count, found.get(kind, 0))
    return found


@pytest.mark.parametrize("record", TYPED, ids=lambda record: record.__name__)
@pytest.mark.parametrize("highest_wh", [800, 5_000, 90_000])
@pytest.mark.parametrize("minutes", [60, 15])
def test_typed_records(record: Any, highest_wh: int, minutes: int) -> None:
    engine = engine_of_record(record(), minutes=minutes)
    wh = _invented_load(highest_wh=highest_wh, minutes=minutes)
    truth = judged(record(), kw=wh * (60 / minutes) / 1000, minutes=minutes)
    _agree(priced(engine, wh=wh), truth, most=_most(engine))


def test_a_negative_month_is_paid_back_and_not_lifted_to_zero() -> None:
    """On purpose: PySAM lifts the energy of a month to zero; a rate sheet with a negative price has no such rule."""
    record = TYPED[1]()
    for row in (row for period in record["energyratestructure"] for row in period):
        row["adj"] = -row["rate"] - 0.05
    record["mincharge"] = 0.0
    wh = _invented_load(highest_wh=1000)
    truth = judged(record, kw=wh / 1000)
    assert truth["energy"].tolist() == [0.0] * 12
    found = priced(engine_of_record(record), wh=wh)
    assert (found.lines["energy"] < -1).all()


def test_a_charge_per_day_counts_the_days_of_the_month() -> None:
    """On purpose: PySAM charges every month 365/12 days; we count them. The year comes to the same."""
    record = TYPED[1]() | {"fixedchargefirstmeter": 0.40, "fixedchargeunits": "$/day", "mincharge": 0.0}
    wh = _invented_load(highest_wh=1000)
    truth = judged(record, kw=wh / 1000)["fixed"]
    found = priced(engine_of_record(record), wh=wh).lines["fixed"]
    assert found[:3].tolist() == [12.40, 11.20, 12.40]
    assert truth[0] == pytest.approx(12.1666667)
    assert found.sum() == pytest.approx(truth.sum())


def test_a_year_begins_on_its_own_weekday_and_keeps_its_holidays() -> None:
    """On purpose: to PySAM every year begins on a Monday and has no holiday; we bill the days that there were.

    Power by hours of the weekday alone, 1 kWh an hour: what is counted on weekdays of January is 24 kWh for each.
    """
    record = TYPED[1]()
    record |= {
        "energyratestructure": [[{"rate": 0.0}], [{"rate": 1.0}]],
        "mincharge": 0.0,
        "fixedchargefirstmeter": 0.0,
    }
    # Rows of their own: PySAM counts periods up in each row, and twelve times in one that stands there twelve times.
    record["energyweekdayschedule"] = [[1] * 24 for _ in range(12)]
    record["energyweekendschedule"] = [[0] * 24 for _ in range(12)]
    wh = np.full(8760, 1000)
    judge = judged(record, kw=wh / 1000)["energy"]
    assert judge[0] == pytest.approx(23 * 24), "January from a Monday on has 23 weekdays"
    schedule = schedule_of_urdb(record, coverage=Coverage.BOTH, effective_on=date(2018, 1, 1), holidays="territory")
    for year, plain_days, holidays in ((2018, 23, 2), (2026, 22, 2), (2027, 21, 2)):
        for rate, wanted in ((replace(schedule, holidays="none"), plain_days), (schedule, plain_days - holidays)):
            engine = engine_of((rate,), cycles=months_of(year)[:1])
            total = bill_block_plainly(block_of(engine, 1000), engine=engine).totals[0, 0, 0]
            assert total == wanted * 24 * 100, (year, rate.holidays)


@cache
def _loads() -> dict[str, NDArray[np.float64]]:
    file = Path(FOLDER) / "loads" / "openei_tmy3_residential_hourly_kw.csv"
    rows = [*csv.reader(file.read_text(encoding="utf-8").splitlines())]
    return {name: np.array([float(row[n]) for row in rows[1:]]) for n, name in enumerate(rows[0])}


@cache
def _records() -> list[tuple[dict[str, Any], int]]:
    folder = Path(FOLDER) / "tariffs"
    homes = json.loads((folder / "residential_ratebook.json").read_text(encoding="utf-8"))
    shops = json.loads((folder / "commercial_urdb.json").read_text(encoding="utf-8"))
    return [(each["urdb_like"], 1) for each in homes] + [(each, 20) for each in shops]


def _is_on_purpose(record: Mapping[str, Any]) -> bool:
    """Whether PySAM averages its charge per day, or lifts its negative months."""
    prices = [row.get("rate", 0) + (row.get("adj") or 0) for each in record["energyratestructure"] for row in each]
    return record.get("fixedchargeunits") == "$/day" or record.get("minchargeunits") == "$/day" or min(prices) < 0


@with_records
@pytest.mark.parametrize("load", ["MA_BASE", "CA_LOW"])
def test_every_record_that_both_support(load: str, capsys: pytest.CaptureFixture[str]) -> None:
    """To half a cent on each line; a record is equal, refused by one of the two, or differs on purpose."""
    seen: Counter[str] = Counter()
    largest = 0.0
    for record, scale in _records():
        try:
            engine = engine_of_record(record)
        except ScheduleRefused as refused:
            seen[f"we refuse: {refused.feature} at {refused.place.partition('[')[0]}"] += 1
            continue
        except ValueError as refused:
            seen[f"we refuse: {str(refused).partition('averages')[1]} demand over other minutes"] += 1
            continue
        wh = np.rint(_loads()[load] * scale * 1000).astype(np.int64)
        try:
            truth = judged(record, kw=wh / 1000)
        except JudgeRefuses:
            seen["PySAM refuses"] += 1
            continue
        if _is_on_purpose(record):
            seen["differs on purpose"] += 1
            continue
        largest = max(largest, _agree(priced(engine, wh=wh), truth, most=_most(engine)))
        seen["equal"] += 1
    with capsys.disabled():
        print(f"\n{load}: largest difference of a month before rounding {largest:.1e} USD; {dict(seen.most_common())}")
    assert seen["equal"] >= 270
    assert sum(seen.values()) == len(_records())


@with_records
def test_the_saved_reference_bills() -> None:
    """Every month of the 30 saved years, apart by no more than rounding the loads to whole Wh can do."""
    saved = json.loads((Path(FOLDER) / "pysam_reference.json").read_text(encoding="utf-8"))
    for name, digest in saved["load_files"].items():
        file = Path(FOLDER) / "loads" / Path(name).name
        assert hashlib.sha256(file.read_bytes()).hexdigest() == digest
    checked = 0
    for case in saved["cases"]:
        engine = engine_of_record(case["urdb"])
        for load, result in case["results"].items():
            kw = _loads()[load] * case["load_scale"]
            wh = np.rint(kw * 1000).astype(np.int64)
            found = priced(engine, wh=wh)
            apart = np.abs(found.totals - np.array(result["monthly_bill"]))
            assert (apart <= HALF_CENT * found.lines_most + _of_rounding(kw, wh=wh, case=case)).all()
            checked += len(apart)
    assert checked == 360


def _of_rounding(kw: NDArray[np.float64], *, wh: NDArray[np.int64], case: Mapping[str, Any]) -> float:
    """USD of a month at most: what each interval was rounded by, at the highest price, and the demand by half a W."""
    urdb = case["urdb"]
    lists = [urdb["energyratestructure"], urdb.get("demandratestructure", []), urdb.get("flatdemandstructure", [])]
    energy, *demand = [
        max((row["rate"] + row.get("adj", 0) for each in rows for row in each), default=0.0) for rows in lists
    ]
    lost = np.abs(kw - wh / 1000)
    return float(max(lost[first : first + 744].sum() for first in range(0, 8760, 730)) * energy + sum(demand) * 5e-4)

"""What all customers can be compared by: rates, records of the Utility Rate Database, programs, prices of hours."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from pyarrow import parquet

from evenroll.costs.customers.plan import LoadShape
from evenroll.intake.price_rows import read_prices
from evenroll.programs.catalog import load_catalog
from evenroll.runtime.cli_exit import CommandEnded, ExitCode
from evenroll.runtime.comparing_all import RatesAsked, plan_of, records_of
from tests.costs.customers.year_of_cars import paid_plainly
from tests.costs.lattice.typed_records import TYPED
from tests.intake.invented_base import FIRST_ON, LAKELAND, invented_wh, write_loads
from tests.runtime.test_cli_compare_all import said

DAYS = 31
HOURS = 24 * DAYS
SHAPE = LoadShape(start_at=LAKELAND.start_of_day(FIRST_ON), minutes=60, intervals=HOURS, zone=LAKELAND.zone)


def asked_plan(**asked: object):
    return plan_of(RatesAsked(**asked), catalog=load_catalog(), shape=SHAPE)  # pyright: ignore[reportArgumentType]


def refusal(**asked: object) -> str:
    with pytest.raises(CommandEnded) as ended:
        asked_plan(**asked)
    assert ended.value.code in (ExitCode.WRONG_USE, ExitCode.NOT_FOUND)
    return str(ended.value)


@pytest.fixture
def prices(tmp_path: Path) -> Path:
    chance = np.random.default_rng(5).integers(-20, 400, HOURS)
    rows = [
        f"le-day-ahead,{(SHAPE.start_at + n * timedelta(hours=1)).isoformat()},{each / 1000},invented"
        for n, each in enumerate(chance)
    ]
    path = tmp_path / "prices.csv"
    path.write_text("\n".join(["series,start_at,price_usd_per_kwh,source", *rows]))
    return path


def test_records_rates_programs_and_prices_of_hours_are_compared_together(tmp_path, capsys, prices):
    records = [record() for record in TYPED]
    (tmp_path / "records.json").write_text(json.dumps({"items": records}))
    keys = [str(record["label"]) for record in records]
    wh = invented_wh(6, days=DAYS)
    loads, out = write_loads(tmp_path / "loads.parquet", wh), tmp_path / "out.parquet"
    code, told, _ = said(
        capsys,
        *(loads, "--rates", ",".join(["LE-R", *keys]), "--programs", "LE-EV-HOURLY", "--programs", "LE-EV-NIGHT"),
        *("--urdb", tmp_path / "records.json", "--calendar", "US-LAKELAND", "--prices", prices, "--out", out),
    )
    assert code == 0, told
    assert (code, told["rates"]) == (0, ["LE-R", *keys, "LE-EV-HOURLY", "LE-EV-NIGHT"])
    plan = asked_plan(
        rates=("LE-R", *keys),
        programs=("LE-EV-HOURLY", "LE-EV-NIGHT"),
        records=records_of([tmp_path / "records.json"], territory="US-LAKELAND"),
        territory="US-LAKELAND",
        prices=read_prices(prices, zone=LAKELAND.zone),
    )
    rows = parquet.read_table(out)
    for number, key in enumerate(plan.keys):
        assert rows.column(f"without_pev_cents.{key}").to_pylist() == paid_plainly(wh, plan=plan, rate=number).tolist()


def test_the_version_in_force_on_a_day_holds_on_all_days():
    latest = asked_plan(rates=("LE-R",)).rates[0].schedule
    assert latest.effective_on <= FIRST_ON
    assert "in force on 1999-01-01" in refusal(rates=("LE-R",), priced_on=date(1999, 1, 1))


def test_what_one_bill_does_not_tell_is_refused_by_name():
    assert "Prices of hours are told with --prices" in refusal(programs=("LE-EV-HOURLY",))
    assert "a service of its own" in refusal(programs=("LE-EV-METER",))
    assert "brings no rate" in refusal(programs=("LE-EV-PAUSE",))
    assert "not said which were called" in refusal(rates=("LE-R",), programs=("LE-EV-PEAK-DAYS",))
    assert "no program NONE" in refusal(programs=("NONE",))
    assert "Neither the catalog nor a record" in refusal(rates=("NONE",))
    assert "territory at a time" in refusal(rates=("LE-R",), territory="US-CA")
    assert "nothing to compare" in refusal()


def test_a_record_needs_the_clock_of_somebody(tmp_path):
    (tmp_path / "record.json").write_text(json.dumps(TYPED[0]()))
    with pytest.raises(CommandEnded, match="tells no clock"):
        records_of([tmp_path / "record.json"], territory="")
    with pytest.raises(CommandEnded, match="No service calendar"):
        records_of([tmp_path / "record.json"], territory="US-NOWHERE")

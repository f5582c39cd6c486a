"""`evenroll compare --installed-prices`: prices of hours from the database of this installation, or it is away."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

from evenroll.quantities.calendars import calendar
from evenroll.runtime.cli_exit import ExitCode
from evenroll.runtime.database import DatabaseUrls, embedded_major
from evenroll.runtime.embedded_server import drop_database, ensure_database, using_server
from tests.runtime.line import line

HERE = calendar("US-LAKELAND")
ASKED = ("compare", "--monthly-kwh", "700", "--organization", "lakeland-electric", "--miles", "12000")


def _prices(folder: Path) -> Path:
    start_at, end_at = (HERE.start_of_day(date(year, 1, 1)) for year in (2025, 2026))
    hours = (end_at - start_at) // timedelta(hours=1)
    rows = [f"le-day-ahead,{start_at + n * timedelta(hours=1):%Y-%m-%dT%H:%M}Z,0.05,typed" for n in range(hours)]
    path = folder / "prices.csv"
    path.write_text("\n".join(("series,start_at,price_usd_per_kwh,source", *rows)), encoding="utf-8")
    return path


def test_prices_come_from_the_books_of_who_sets_them(
    django_ready: DatabaseUrls, embedded_home: Path, tmp_path: Path
) -> None:
    def said(*arguments: str) -> object:
        found = line(django_ready, embedded_home, *arguments, "--json", folder=tmp_path)
        assert found.code == ExitCode.OK, found.err
        return found.told

    said("programs", "publish", "lakeland-electric", "--keeps-registry")
    said("load", "price_series", str(_prices(tmp_path)), "--organization", "lakeland-electric")
    found = line(
        django_ready, embedded_home, *ASKED, "--on", "2026-06-01", "--installed-prices", "--json", folder=tmp_path
    )
    assert found.code == ExitCode.OK, found.err
    programs = {each["program"]: each for part in found.told["parts"] for each in part["programs"]}
    hourly = programs["LE-EV-HOURLY"]
    assert [each["year"] for each in hourly["past"]] == [2025]
    assert "invented_prices" not in hourly["assumptions"]


def test_an_installation_that_is_not_set_up_is_told_how(embedded_home: Path) -> None:
    name = f"evenroll_unmade_{os.getpid()}"
    with using_server(embedded_home, major=embedded_major(os.environ)) as server:
        ensure_database(server, name)
        try:
            done = _asked({"EVENROLL_HOME": str(embedded_home), "EVENROLL_DATABASE": name}, "--installed-prices")
        finally:
            drop_database(server, name)
    assert done.returncode == ExitCode.UNAVAILABLE
    assert "evenroll db migrate" in done.stderr and not done.stdout


def test_prices_of_an_installation_that_is_away_end_the_command(tmp_path: Path) -> None:
    away = {"EVENROLL_HOME": str(tmp_path), "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing"}
    done = _asked(away, "--installed-prices")
    assert done.returncode == ExitCode.UNAVAILABLE
    assert "database" in done.stderr
    assert not done.stdout


def _asked(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    program = "import sys; from evenroll.runtime.command_line import main; sys.exit(main())"
    return subprocess.run(
        [sys.executable, "-c", program, *ASKED, *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )

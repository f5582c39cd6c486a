"""The clock and the worker tell UTC and, beside it, the local time of the territory."""

from __future__ import annotations

from datetime import UTC, datetime

from evenroll.runtime.output_times import beside_utc
from tests.territory import new_territory

AT = datetime(2026, 3, 2, 17, 0, tzinfo=UTC)


def test_local_time_stands_beside_utc_once_for_each_zone(django_ready: object) -> None:
    territory = new_territory()
    said = beside_utc(AT, organizations=(territory.utility, territory.utility))
    assert said.startswith("2026-03-02 17:00 UTC (2026-03-02 1")
    assert said.count("2026-03-02") == 2


def test_without_an_organization_there_is_utc_alone() -> None:
    assert beside_utc(AT, organizations=()) == "2026-03-02 17:00 UTC"

"""A queue is read by indexes: a page of it looks up its own rows, however many cases there are."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from evenroll.enrollment.roles import Role
from evenroll.records import desk_queue
from evenroll.records.desk_queue import QueueAsked
from evenroll.records.organizations import cursor, open_organization
from evenroll.records.queries import Viewer
from tests.records.invented import Urls
from tests.territory import new_territory, with_planted_rows

MANY = 4_000
"""Rows with which an index is worth it; of a few the database rightly goes through all."""


@pytest.fixture(scope="module")
def organization(django_ready: Urls) -> Any:
    territory = with_planted_rows(new_territory())
    number = territory.apply(territory.premise())
    territory.run()
    with open_organization(territory.utility), cursor() as pen:
        for table, key in (("case_record", "number"), ("track", "stream_key")):
            _multiply(pen, table, key=key, number=number)
    with psycopg.connect(django_ready.owner, autocommit=True) as owner:
        owner.execute("ANALYZE case_record, track")
    return territory.utility


def _multiply(pen: Any, table: str, *, key: str, number: str) -> None:
    """The rows of a case once more for each of many numbers."""
    names = pen.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND column_name <> 'id'", (table,)
    ).fetchall()
    columns = [row[0] for row in names]
    new = SQL(", ").join(
        SQL("{} || '-' || copy").format(Identifier(each)) if each == key else Identifier(each) for each in columns
    )
    text = SQL(
        "INSERT INTO {table} ({names}) SELECT {new} FROM {table}, generate_series(1, %s) AS copy WHERE {key} = %s"
    )
    named = SQL(", ").join(map(Identifier, columns))
    pen.execute(text.format(table=Identifier(table), names=named, new=new, key=Identifier(key)), (MANY, number))


def scans(organization: Any, asked: QueueAsked) -> dict[str, str]:
    """By which index each table is read, and by what: the condition of the index."""
    viewer = Viewer(organization=organization, role=Role.SUPERVISOR)
    with open_organization(organization) as opened, cursor() as pen:
        own = {"org": opened.id, "wall": opened.wall_at, "limit": 51, "kinds": list(desk_queue._KINDS)}
        text = SQL("EXPLAIN (FORMAT JSON, COSTS OFF) ") + desk_queue._text(asked, viewer)
        row = pen.execute(text, {**desk_queue._given(asked), **own}).fetchone()
    assert row is not None
    return dict(_scans(row[0][0]["Plan"]))


def _scans(plan: Any) -> Any:
    if "Index Name" in plan:
        yield plan["Index Name"], plan.get("Index Cond", "")
    for each in plan.get("Plans", ()):
        yield from _scans(each)


@pytest.mark.parametrize("role", [None, Role.METER_OFFICE, Role.SUPERVISOR], ids=str)
def test_the_case_of_each_row_is_looked_up_by_its_number(organization: Any, role: Role | None) -> None:
    found = scans(organization, QueueAsked(on=role))
    assert "(number)::text" in found["case_once"]


def test_the_long_look_at_enrolled_cases_is_not_gone_through(organization: Any) -> None:
    found = scans(organization, QueueAsked(on=Role.SUPERVISOR))
    assert "(owner)::text" in found["track_in_queue"]

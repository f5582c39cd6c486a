"""Loading what meters counted by the hour: quarters become hours, hours days, and what is missing between is told."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from psycopg.sql import SQL

from evenroll.records import loads
from evenroll.records.load_terms import EXAMPLES_MAX, LoadDifference, LoadFault, LoadFaultCode, Standing
from evenroll.records.organizations import current

COLUMNS: Final = {
    "serial": "text",
    "pod": "text",
    "start_at": "timestamptz",
    "minutes": "int",
    "wh": "bigint",
    "day_on": "date",
    "day_at": "timestamptz",
    "day_hours": "int",
    "hour": "int",
}
"""Of a staged interval. day_at: the first instant of its local day; day_hours: 23, 24 or 25; hour: from 0 in it."""

_HANGING: Final = SQL(
    "FROM load_stage AS staged JOIN meter ON meter.organization_id = %s AND meter.pod = staged.pod "
    "AND meter.installed_on <= staged.day_on AND (meter.removed_on IS NULL OR staged.day_on < meter.removed_on) "
    "WHERE staged.serial = ''"
)
_TWO_THERE: Final = SQL(
    "SELECT staged.row_number {} GROUP BY 1 HAVING count(DISTINCT meter.serial) > 1 ORDER BY 1"
).format(_HANGING)
_GIVE_SERIAL: Final = SQL(
    "UPDATE load_stage SET serial = found.serial FROM (SELECT staged.row_number, min(meter.serial) AS serial {} "
    "GROUP BY 1) AS found WHERE found.row_number = load_stage.row_number"
).format(_HANGING)
_NONE_THERE: Final = SQL(
    "SELECT row_number, pod FROM load_stage AS staged WHERE NOT EXISTS (SELECT 1 FROM meter "
    "WHERE meter.organization_id = %s AND meter.serial = staged.serial) ORDER BY 1"
)
_OVERLAPS: Final = SQL(
    "SELECT row_number FROM (SELECT row_number, start_at, max(start_at + minutes * interval '1 minute') OVER "
    "(PARTITION BY serial ORDER BY start_at, minutes ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS covered, "
    "lag(start_at) OVER (PARTITION BY serial ORDER BY start_at, minutes) AS before FROM load_stage) AS seen "
    "WHERE covered > start_at AND before <> start_at ORDER BY 1"
)
_HOURS: Final = SQL(
    "CREATE TEMPORARY TABLE load_hours ON COMMIT DROP AS SELECT serial, day_at, day_hours, hour, "
    "min(row_number) AS row_number, sum(wh)::bigint AS wh FROM load_stage "
    "GROUP BY serial, day_at, day_hours, hour HAVING sum(minutes) = 60"
)
_DIFFERENCE: Final = SQL(
    "CREATE TEMPORARY TABLE load_difference ON COMMIT DROP AS SELECT staged.*, "
    "CASE WHEN known.wh[staged.hour + 1] IS NULL THEN 'new' WHEN known.wh[staged.hour + 1] <> staged.wh "
    "THEN 'changed' ELSE 'unchanged' END AS standing FROM load_hours AS staged LEFT JOIN interval_read AS known "
    "ON known.organization_id = %s AND known.serial = staged.serial AND known.start_at = staged.day_at"
)
_COUNTS: Final = SQL("SELECT standing, count(*) FROM load_difference GROUP BY standing")
_EXAMPLES: Final = SQL(
    "SELECT serial, day_at + hour * interval '1 hour' FROM load_difference WHERE standing = %s "
    "ORDER BY row_number LIMIT %s"
)
_MISSING: Final = SQL(
    "CREATE TEMPORARY TABLE load_missing ON COMMIT DROP AS WITH told AS (SELECT serial, "
    "min(date_trunc('hour', start_at)) AS first_at, max(date_trunc('hour', start_at)) AS last_at "
    "FROM load_stage GROUP BY serial), whole AS (SELECT serial, count(*) AS hours FROM load_hours GROUP BY serial), "
    "known AS (SELECT day.serial, day.start_at + (told.at - 1) * interval '1 hour' AS at FROM interval_read AS day "
    "CROSS JOIN LATERAL unnest(day.wh) WITH ORDINALITY AS told (wh, at) WHERE day.organization_id = %s "
    "AND told.wh IS NOT NULL AND day.serial IN (SELECT serial FROM told) UNION "
    "SELECT serial, day_at + hour * interval '1 hour' FROM load_hours) "
    "SELECT told.serial, due.at FROM told LEFT JOIN whole USING (serial) CROSS JOIN LATERAL "
    "generate_series(told.first_at, told.last_at, interval '1 hour') AS due (at) "
    "LEFT JOIN known ON known.serial = told.serial AND known.at = due.at "
    "WHERE coalesce(whole.hours, 0) <= extract(epoch FROM told.last_at - told.first_at) / 3600 AND known.at IS NULL"
)
_MISSED: Final = SQL("SELECT serial, at FROM load_missing ORDER BY serial, at LIMIT %s")
_MERGE: Final = SQL(
    "INSERT INTO public.interval_read (organization_id, serial, start_at, wh) "
    "SELECT %s, day.serial, day.day_at, array_agg(coalesce(staged.wh, known.wh[place.n]) ORDER BY place.n) FROM "
    "(SELECT DISTINCT serial, day_at, day_hours FROM load_difference WHERE standing <> 'unchanged') AS day "
    "CROSS JOIN LATERAL generate_series(1, day.day_hours) AS place (n) "
    "LEFT JOIN load_difference AS staged ON staged.serial = day.serial AND staged.day_at = day.day_at "
    "AND staged.hour = place.n - 1 LEFT JOIN interval_read AS known ON known.organization_id = %s "
    "AND known.serial = day.serial AND known.start_at = day.day_at GROUP BY day.serial, day.day_at "
    "ON CONFLICT (organization_id, serial, start_at) DO UPDATE SET wh = EXCLUDED.wh"
)


def find_meters() -> Iterator[LoadFault]:
    """Give each interval of a usage point the meter that hung there that day; what no meter can have counted is told.

    A day belongs to one meter: on that of an exchange, to the new one.
    """
    for (row,) in loads.rows_of(_TWO_THERE, current().id):
        yield LoadFault(row=row, column="usage_point", code=LoadFaultCode.AMBIGUOUS)
    loads.run(_GIVE_SERIAL, current().id)
    for row, pod in loads.rows_of(_NONE_THERE, current().id):
        yield LoadFault(row=row, column="usage_point" if pod else "serial", code=LoadFaultCode.METER_UNKNOWN)


def overlapping() -> Iterator[LoadFault]:
    """Intervals of a meter that begin within an earlier one."""
    for (row,) in loads.rows_of(_OVERLAPS):
        yield LoadFault(row=row, column="start_at", code=LoadFaultCode.INTERVALS_OVERLAP)


def compare_hours() -> LoadDifference:
    """How the staged hours stand to the books, and which lack between the first and the last of each meter.

    An hour of which only some quarters came is not known: it is counted as missing, and nothing is made up for it.
    """
    loads.run(_HOURS)
    loads.analyze("load_hours")
    loads.run(_DIFFERENCE, current().id)
    loads.analyze("load_difference")
    counts = {Standing.NEW: 0, Standing.CHANGED: 0, Standing.UNCHANGED: 0}
    counts |= {Standing(row[0]): row[1] for row in loads.rows_of(_COUNTS)}
    examples = {
        standing: _written(loads.rows_of(_EXAMPLES, standing.value, EXAMPLES_MAX))
        for standing in (Standing.NEW, Standing.CHANGED)
    }
    counts[Standing.MISSING] = loads.run(_MISSING, current().id)
    examples[Standing.MISSING] = _written(loads.rows_of(_MISSED, EXAMPLES_MAX))
    return LoadDifference(counts=counts, examples=examples)


def merge_hours() -> None:
    """Bring the days of the meters to what is staged; hours that the file does not have stay as they are."""
    loads.run(_MERGE, current().id, current().id)


def _written(rows: list[tuple[object, ...]]) -> tuple[str, ...]:
    return tuple(f"{serial} {at:%Y-%m-%dT%H:%MZ}" for serial, at in rows)

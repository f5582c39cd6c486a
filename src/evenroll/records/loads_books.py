"""Loading what needs nothing but a table: reads, the clearinghouse's registry, usage points, lists and prices."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from psycopg.sql import SQL, Identifier

from evenroll.enrollment.point_events import UsagePointLoaded
from evenroll.enrollment.roles import OrganizationKind
from evenroll.enrollment.rows import Row
from evenroll.enrollment.usage_point import UsagePoint
from evenroll.quantities.identifiers import PodId
from evenroll.records import loads
from evenroll.records.books import REGISTRY
from evenroll.records.load_terms import LoadDifference, LoadFault, LoadFaultCode
from evenroll.records.loads import STAGE, Target
from evenroll.records.loads_streams import PointChange, PointWriting, make_tables, merge_changes, stage_changes
from evenroll.records.locks import Head
from evenroll.records.organizations import current, kinds_of
from evenroll.records.register import ACCOUNT, LOCATION
from evenroll.records.streams import StreamKind
from evenroll.records.tokens import TokenKind
from evenroll.records.vault import new_keys

RESOLVED: Final = "load_resolved"
AS_OF: Final = "as_of"
"""Stands for the day of the load among the columns of a file."""

READS: Final = Target(
    table="meter_read",
    keys=("serial", "register", "read_on"),
    values={"value_wh": "value_kwh", "quality": "quality"},
    shown=("serial", "register", "read_on"),
    counts_absent=False,
)
READ_COLUMNS: Final = {
    "serial": "text",
    "register": "text",
    "read_on": "date",
    "value_wh": "bigint",
    "quality": "text",
}
POINTS: Final = Target(
    table="usage_point",
    keys=("pod",),
    values={
        "location_id": "premise",
        "account_id": "account",
        "read_cycle": "read_cycle",
        "net_metering": "net_metering",
        "interval_opt_out": "interval_opt_out",
    },
    shown=("pod",),
)
POINT_COLUMNS: Final = {
    "pod": "text",
    "premise": "text",
    "account": "text",
    "read_cycle": "text",
    "net_metering": "boolean",
    "interval_opt_out": "boolean",
}
SUPPLY: Final = Target(
    table="supply_registry",
    keys=("pod", "from_on"),
    values={
        "postal_code": "postal_code",
        "utility": "utility",
        "supplier": "supplier",
        "supplier_kind": "supplier_kind",
        "status": "status",
        "pending_to": "pending_to",
    },
    shown=("pod", "from_on"),
)
SUPPLY_COLUMNS: Final = {
    "pod": "text",
    "from_on": "date",
    "postal_code": "text",
    "utility": "text",
    "supplier": "text",
    "supplier_kind": "text",
    "status": "text",
    "pending_to": "text",
    "address": "text",
}
EQUIPMENT: Final = Target(
    table="approved_equipment",
    keys=("program", "model", "kind", "listed_from_on"),
    values={"listed_until_on": "listed_until_on"},
    shown=("program", "kind", "model"),
)
EQUIPMENT_COLUMNS: Final = {
    "program": "text",
    "model": "text",
    "kind": "text",
    "listed_from_on": "date",
    "listed_until_on": "date",
}
PRICES: Final = Target(
    table="price_series",
    keys=("series", "start_at"),
    values={
        "end_at": "end_at",
        "price_e8_per_kwh": "price_usd_per_kwh",
        "source": "source",
        # Follows a price that changed; a later day on which nothing changed is no change.
        "as_of_on": AS_OF,
    },
    shown=("series", "start_at"),
    counts_absent=False,
)
PRICE_COLUMNS: Final = {
    "series": "text",
    "start_at": "timestamptz",
    "end_at": "timestamptz",
    "price_e8_per_kwh": "bigint",
    "source": "text",
    "as_of_on": "date",
}

_RESOLVE: Final = SQL(
    "CREATE TEMPORARY TABLE load_resolved ON COMMIT DROP AS SELECT staged.row_number, staged.pod, "
    "premise.subject_id AS location_id, account.subject_id AS account_id, staged.read_cycle, staged.net_metering, "
    "staged.interval_opt_out, staged.account <> '' AS has_account FROM load_stage AS staged "
    "LEFT JOIN search_token AS premise ON premise.organization_id = %(org)s AND premise.kind = %(premise_kind)s "
    "AND premise.subject_kind = %(location)s AND premise.token = staged.premise "
    "LEFT JOIN search_token AS account ON account.organization_id = %(org)s AND account.kind = %(account_kind)s "
    "AND account.subject_kind = %(account)s AND account.token = staged.account"
)
_NO_PREMISE: Final = SQL("SELECT DISTINCT row_number FROM load_resolved WHERE location_id IS NULL ORDER BY 1")
_NO_ACCOUNT: Final = SQL(
    "SELECT DISTINCT row_number FROM load_resolved WHERE has_account AND account_id IS NULL ORDER BY 1"
)
_NEW_STREAMS: Final = SQL(
    "SELECT staged.pod FROM load_difference AS staged LEFT JOIN stream_head ON stream_head.organization_id = %s "
    "AND stream_head.stream_kind = %s AND stream_head.stream_key = staged.pod WHERE stream_head.id IS NULL"
)
_UNMETERED: Final = SQL(
    "SELECT row_number FROM load_stage AS staged WHERE NOT EXISTS (SELECT 1 FROM meter "
    "WHERE meter.organization_id = %s AND meter.serial = staged.serial) ORDER BY 1"
)
_HOURS_OVERLAP: Final = SQL(
    "SELECT row_number FROM (SELECT row_number, start_at, max(end_at) OVER (PARTITION BY series ORDER BY start_at "
    "ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS covered_until, lead(start_at) OVER (PARTITION BY series "
    "ORDER BY start_at) AS next_at, end_at, from_file FROM ("
    "SELECT row_number, series, start_at, end_at, true AS from_file FROM load_stage UNION ALL "
    "SELECT 0, known.series, known.start_at, known.end_at, false FROM price_series AS known "
    "WHERE known.organization_id = %s AND known.series IN (SELECT series FROM load_stage) AND NOT EXISTS ("
    "SELECT 1 FROM load_stage AS staged WHERE staged.series = known.series AND staged.start_at = known.start_at)"
    ") AS hours) AS seen WHERE from_file AND (covered_until > start_at OR next_at < end_at) ORDER BY 1"
)


def resolve_points() -> Iterator[LoadFault]:
    """Find the premise and the account of every staged usage point by their tokens."""
    with loads.cursor() as pen:
        pen.execute(
            _RESOLVE,
            {
                "org": current().id,
                "premise_kind": TokenKind.PREMISE_NUMBER.value,
                "location": LOCATION,
                "account_kind": TokenKind.ACCOUNT_NUMBER.value,
                "account": ACCOUNT,
            },
        )
    loads.analyze(RESOLVED)
    for statement, column, code in (
        (_NO_PREMISE, "premise", LoadFaultCode.PREMISE_UNKNOWN),
        (_NO_ACCOUNT, "account", LoadFaultCode.ACCOUNT_UNKNOWN),
    ):
        for (row,) in loads.rows_of(statement):
            yield LoadFault(row=row, column=column, code=code)
    twice = SQL("SELECT row_number FROM load_resolved GROUP BY row_number HAVING count(*) > 1 ORDER BY 1")
    for (row,) in loads.rows_of(twice):
        yield LoadFault(row=row, column="account", code=LoadFaultCode.AMBIGUOUS)


def compare_points(*, present: frozenset[str]) -> LoadDifference:
    """How the staged usage points stand to the books."""
    return loads.compare(POINTS, present=present, source=RESOLVED)


def merge_points(writing: PointWriting, *, present: frozenset[str]) -> None:
    """Bring the usage points to what is staged; at a utility each new one begins its stream."""
    loads.merge(POINTS, present=present)
    if OrganizationKind.UTILITY not in kinds_of(current().key):
        return
    make_tables()
    batches = loads.stream_of("new_streams", _NEW_STREAMS, current().id, StreamKind.USAGE_POINT.value)
    for batch in batches:
        stage_changes(writing, [_begun(PodId(row[0])) for row in batch])
    merge_changes(writing)


def _begun(pod: PodId) -> PointChange:
    point = UsagePoint(pod=pod, agreements=())
    event = UsagePointLoaded(row=Row.ACTION, point=point)
    return PointChange(pod=pod, head=Head(number=0, hash=""), before=None, event=event)


def unknown_meters() -> Iterator[LoadFault]:
    """Staged reads of a meter that no usage point of the books ever had."""
    for (row,) in loads.rows_of(_UNMETERED, current().id):
        yield LoadFault(row=row, column="serial", code=LoadFaultCode.METER_UNKNOWN)


def overlapping_hours() -> Iterator[LoadFault]:
    """Staged prices that hold at a time for which the series has another one."""
    for (row,) in loads.rows_of(_HOURS_OVERLAP, current().id):
        yield LoadFault(row=row, column="start_at", code=LoadFaultCode.HOURS_OVERLAP)


def own_programs() -> frozenset[str]:
    """The keys of the programs that the open organization has published."""
    found = loads.rows_of(SQL("SELECT DISTINCT key FROM program_version WHERE publisher = %s"), current().key)
    return frozenset(row[0] for row in found)


def merge_supply(*, present: frozenset[str]) -> None:
    """Bring the registry to what is staged; an address becomes a token, and one that moved is found no longer."""
    loads.merge(SUPPLY, present=present)
    if "address" not in present:
        return
    found = loads.stream_of(
        "addresses",
        SQL(
            "SELECT registry.id, staged.address FROM {} AS staged JOIN supply_registry AS registry "
            "ON registry.organization_id = %s AND registry.pod = staged.pod AND registry.from_on = staged.from_on "
            "WHERE staged.address <> '' AND NOT EXISTS (SELECT 1 FROM search_token AS known "
            "WHERE known.organization_id = registry.organization_id AND known.subject_kind = %s "
            "AND known.subject_id = registry.id AND known.kind = %s AND known.token = staged.address)"
        ).format(Identifier(STAGE)),
        current().id,
        REGISTRY,
        TokenKind.SERVICE_ADDRESS.value,
    )
    for batch in found:
        _find_by(batch)


def _find_by(batch: Sequence[tuple[int, str]]) -> None:
    ids = [row[0] for row in batch]
    loads.run(
        SQL("DELETE FROM search_token WHERE organization_id = %s AND subject_kind = %s AND subject_id = ANY(%s)"),
        current().id,
        REGISTRY,
        ids,
    )
    loads.run(
        SQL(
            "INSERT INTO search_token (organization_id, key_id, kind, token, subject_kind, subject_id) "
            "SELECT %s, new.key_id, %s, new.token, %s, new.subject_id "
            "FROM unnest(%s::bigint[], %s::text[], %s::bigint[]) AS new (key_id, token, subject_id)"
        ),
        current().id,
        TokenKind.SERVICE_ADDRESS.value,
        REGISTRY,
        list(new_keys(REGISTRY, count=len(ids))),
        [row[1] for row in batch],
        ids,
    )

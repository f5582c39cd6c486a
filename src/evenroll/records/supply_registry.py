"""A registrar's books of supply: the row in force, requests that are open, suppliers that left; and its changes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import LiteralString

from evenroll.enrollment.decide_supply_request import RegistryRow
from evenroll.enrollment.supply_request import SupplyRequest
from evenroll.quantities.identifiers import OrganizationKey, PodId, TrackingNumber
from evenroll.records.folds import read_state
from evenroll.records.looked_up import supply_of
from evenroll.records.organizations import current, cursor
from evenroll.records.streams import StreamKind

_OPEN = ("asked", "accepted")

# A day may see two changes: the later word of that day stands.
_PUT: LiteralString = (
    "INSERT INTO supply_registry (organization_id, pod, postal_code, utility, supplier, supplier_kind, from_on, "
    "status) VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (organization_id, pod, from_on) DO UPDATE SET "
    "supplier = excluded.supplier, supplier_kind = excluded.supplier_kind, status = excluded.status, pending_to = NULL"
)


def registry_row(pod: PodId, *, on: date) -> RegistryRow | None:
    """Who delivers to and supplies a usage point on that day, in the open registrar's books."""
    found = supply_of(current().key, pod=pod, on=on)
    if found is None:
        return None
    return RegistryRow(
        utility=found.utility,
        supplier=found.supplier if found.supplier != found.utility else None,
        postal_code=found.postal_code,
        from_on=found.from_on,
        status=found.status,
    )


def put_supplier(row: RegistryRow, *, pod: PodId, supplier: OrganizationKey | None, from_on: date) -> None:
    """From that day another supplies; absent: the utility by default service."""
    with cursor() as pen:
        kind = "utility" if supplier is None else "esco"
        values = (current().id, pod, row.postal_code, row.utility, supplier, kind, from_on, row.status)
        pen.execute(_PUT, values)


def put_status(pod: PodId, *, status: str, on: date) -> None:
    """The row in force gets another status, such as blocked: the account may not change its supplier."""
    with cursor() as pen:
        pen.execute(
            "UPDATE supply_registry SET status = %s WHERE organization_id = %s AND pod = %s AND from_on = "
            "(SELECT max(from_on) FROM supply_registry WHERE organization_id = %s AND pod = %s AND from_on <= %s)",
            (status, current().id, pod, current().id, pod, on),
        )


def open_request(pod: PodId, *, before: str = "") -> SupplyRequest | None:
    """The request of a usage point that may still come into effect, the first one received.

    before: of those received before this one.
    """
    return _request(
        "SELECT state FROM supply_request WHERE organization_id = %s AND pod = %s AND status = ANY(%s) "
        "AND id < coalesce((SELECT id FROM supply_request WHERE organization_id = %s AND number = %s), "
        "9223372036854775807) ORDER BY id LIMIT 1",
        (current().id, pod, list(_OPEN), current().id, before),
    )


def last_request(pod: PodId) -> TrackingNumber | None:
    """The request of a usage point that came in last, of those that were not rejected."""
    with cursor() as pen:
        row = pen.execute(
            "SELECT number FROM supply_request WHERE organization_id = %s AND pod = %s AND status = ANY(%s) "
            "ORDER BY id DESC LIMIT 1",
            (current().id, pod, [*_OPEN, "effective"]),
        ).fetchone()
    return TrackingNumber(row[0]) if row else None


def pod_of_request(number: TrackingNumber) -> PodId | None:
    """The usage point of a request; it never changes."""
    with cursor() as pen:
        row = pen.execute(
            "SELECT pod FROM supply_request WHERE organization_id = %s AND number = %s", (current().id, number)
        ).fetchone()
    return PodId(row[0]) if row else None


def requester_of(number: TrackingNumber) -> OrganizationKey | None:
    """Whose request it is."""
    with cursor() as pen:
        row = pen.execute(
            "SELECT requester FROM supply_request WHERE organization_id = %s AND number = %s", (current().id, number)
        ).fetchone()
    return OrganizationKey(row[0]) if row else None


def points_of(supplier: OrganizationKey, *, on: date) -> Sequence[PodId]:
    """The usage points that a supplier serves on that day, ascending."""
    with cursor() as pen:
        rows = pen.execute(
            "SELECT pod FROM (SELECT DISTINCT ON (pod) pod, supplier FROM supply_registry "
            "WHERE organization_id = %s AND from_on <= %s ORDER BY pod, from_on DESC) AS row WHERE supplier = %s "
            "ORDER BY pod",
            (current().id, on, supplier),
        ).fetchall()
    return tuple(PodId(row[0]) for row in rows)


def requests_of(supplier: OrganizationKey) -> Sequence[tuple[PodId, TrackingNumber]]:
    """The open requests of a supplier, by usage point."""
    with cursor() as pen:
        rows = pen.execute(
            "SELECT pod, number FROM supply_request WHERE organization_id = %s AND requester = %s AND status = ANY(%s) "
            "ORDER BY pod, number",
            (current().id, supplier, list(_OPEN)),
        ).fetchall()
    return tuple((PodId(row[0]), TrackingNumber(row[1])) for row in rows)


def put_exit(supplier: OrganizationKey, *, exit_on: date) -> None:
    """From that day the supplier supplies nobody."""
    with cursor() as pen:
        pen.execute(
            "INSERT INTO supplier_exit (organization_id, supplier, exit_on) VALUES (%s, %s, %s) "
            "ON CONFLICT (organization_id, supplier) DO NOTHING",
            (current().id, supplier, exit_on),
        )


def has_left(supplier: OrganizationKey, *, on: date) -> bool:
    """Whether a supplier has left by that day."""
    with cursor() as pen:
        row = pen.execute(
            "SELECT 1 FROM supplier_exit WHERE organization_id = %s AND supplier = %s AND exit_on <= %s",
            (current().id, supplier, on),
        ).fetchone()
    return row is not None


def _request(query: LiteralString, values: tuple[object, ...]) -> SupplyRequest | None:
    with cursor() as pen:
        row = pen.execute(query, values).fetchone()
    return read_state(StreamKind.SUPPLY_REQUEST, row[0]) if row else None

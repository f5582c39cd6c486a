"""Look-ups in loaded books: a clearinghouse's registry rows and the reads of meters."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from psycopg.sql import SQL

from evenroll.quantities.identifiers import MeterSerial, OrganizationKey, PodId
from evenroll.records.books import REGISTRY, NewRead
from evenroll.records.organizations import cursor, open_organization
from evenroll.records.tokens import TokenKind, token


@dataclass(frozen=True, kw_only=True, slots=True)
class Supply:
    """Who delivers to and supplies a usage point from a day on, as a clearinghouse has it.

    in_request: whether a request for another supplier is open there.
    """

    pod: PodId
    postal_code: str
    utility: OrganizationKey
    supplier: OrganizationKey | None
    supplier_kind: str
    from_on: date
    status: str
    pending_to: OrganizationKey | None
    in_request: bool


_SUPPLY: Final = SQL(
    "SELECT DISTINCT ON (pod) pod, postal_code, utility, supplier, supplier_kind, from_on, status, pending_to, "
    "EXISTS (SELECT 1 FROM supply_request AS request WHERE request.organization_id = row.organization_id "
    "AND request.pod = row.pod AND request.status IN ('asked', 'accepted')) "
    "FROM supply_registry AS row WHERE organization_id = %s AND from_on <= %s"
)
_OF_PODS: Final = SQL(" AND pod = ANY(%s) ORDER BY pod, from_on DESC")


def supply_of(organization: OrganizationKey, *, pod: PodId, on: date) -> Supply | None:
    """The registry row of a usage point in force on a day; None if there is none."""
    return supplies_of(organization, pods=[pod], on=on).get(pod)


def supplies_of(organization: OrganizationKey, *, pods: Collection[PodId], on: date) -> dict[PodId, Supply]:
    """The registry rows in force on a day of many usage points; one that is not in the registry is left out."""
    with open_organization(organization) as opened, cursor() as pen:
        rows = pen.execute(_SUPPLY + _OF_PODS, (opened.id, on, list(pods))).fetchall()
    return {PodId(row[0]): _supply(row) for row in rows}


def supply_at(organization: OrganizationKey, *, postal_code: str, address: str, on: date) -> Sequence[Supply]:
    """The registry rows in force on a day at an address, by usage point. address: personal, compared by token."""
    return supplies_at(organization, places=[(postal_code, address)], on=on)[0]


def supplies_at(
    organization: OrganizationKey, *, places: Sequence[tuple[str, str]], on: date
) -> tuple[tuple[Supply, ...], ...]:
    """As `supply_at`, of each postal code and address, in the order given; personal."""
    with open_organization(organization) as opened, cursor() as pen:
        tokens = [token(TokenKind.SERVICE_ADDRESS, address) for _, address in places]
        rows = pen.execute(
            "SELECT t.token, s.pod FROM search_token t JOIN supply_registry s ON s.organization_id = t.organization_id "
            "AND s.id = t.subject_id WHERE t.organization_id = %s AND t.kind = %s AND t.token = ANY(%s) "
            "AND t.subject_kind = %s",
            (opened.id, TokenKind.SERVICE_ADDRESS.value, tokens, REGISTRY),
        ).fetchall()
        pods: dict[str, set[PodId]] = {}
        for said, pod in rows:
            pods.setdefault(said, set()).add(PodId(pod))
        found = supplies_of(organization, pods={PodId(pod) for _, pod in rows}, on=on) if rows else {}
    return tuple(
        tuple(
            found[pod] for pod in sorted(pods.get(said, ())) if pod in found and found[pod].postal_code == postal_code
        )
        for said, (postal_code, _) in zip(tokens, places, strict=True)
    )


def reads_of(organization: OrganizationKey, *, serial: MeterSerial, on: Sequence[date]) -> Sequence[NewRead]:
    """The reads of a meter on the days asked for, by day and register."""
    with open_organization(organization) as opened, cursor() as pen:
        rows = pen.execute(
            "SELECT serial, register, read_on, value_wh, quality FROM meter_read "
            "WHERE organization_id = %s AND serial = %s AND read_on = ANY(%s) ORDER BY read_on, register",
            (opened.id, serial, list(on)),
        ).fetchall()
    return tuple(
        NewRead(serial=MeterSerial(row[0]), register=row[1], read_on=row[2], value_wh=row[3], quality=row[4])
        for row in rows
    )


def _supply(row: tuple[object, ...]) -> Supply:
    pod, postal_code, utility, supplier, supplier_kind, from_on, status, pending_to, in_request = row
    assert isinstance(from_on, date)
    return Supply(
        pod=PodId(str(pod)),
        postal_code=str(postal_code),
        utility=OrganizationKey(str(utility)),
        supplier=None if supplier is None else OrganizationKey(str(supplier)),
        supplier_kind=str(supplier_kind),
        from_on=from_on,
        status=str(status),
        pending_to=None if pending_to is None else OrganizationKey(str(pending_to)),
        in_request=bool(in_request),
    )

"""The register of an organization: accounts found by what a customer knows, and how accounts and usage points stand."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any, LiteralString

from evenroll.quantities.identifiers import AccountId, CaseNumber, CustomerId, LocationId, OrganizationKey, PodId
from evenroll.records.foreseen import Fact, looked_up
from evenroll.records.organizations import current, cursor, open_organization

CUSTOMER, ACCOUNT, LOCATION = "customer", "account", "location"


ACCOUNT_COLUMNS: LiteralString = (
    "a.id, a.customer_id, ARRAY(SELECT pod FROM usage_point own "
    "WHERE own.organization_id = a.organization_id AND own.account_id = a.id ORDER BY pod), "
    "ARRAY(SELECT DISTINCT location_id FROM usage_point own "
    "WHERE own.organization_id = a.organization_id AND own.account_id = a.id), "
    "a.customer_class, a.status, a.opened_on, a.closed_on, a.good_standing, a.assistance, c.life_support "
)
"""What `account_of` makes an account from, of `FROM_ACCOUNTS`."""

FROM_ACCOUNTS: LiteralString = "FROM customer_account a JOIN customer c ON c.id = a.customer_id "

_ACCOUNTS: LiteralString = "".join(
    ("SELECT ", ACCOUNT_COLUMNS, FROM_ACCOUNTS, "WHERE a.organization_id = %s AND a.id = ANY(%s)")
)

POINT_COLUMNS: LiteralString = (
    "p.pod, l.id, l.postal_code, l.dwelling, p.account_id, p.read_cycle, p.net_metering, p.interval_opt_out "
)
"""What `point_of` makes a usage point from, of `FROM_POINTS`."""

FROM_POINTS: LiteralString = "FROM usage_point p JOIN service_location l ON l.id = p.location_id "

_POINTS: LiteralString = "".join(
    ("SELECT ", POINT_COLUMNS, FROM_POINTS, "WHERE p.organization_id = %s AND p.pod = ANY(%s)")
)

_BILLED: LiteralString = "".join(
    (
        "SELECT p.pod, p.net_metering, ",
        ACCOUNT_COLUMNS,
        FROM_ACCOUNTS,
        "JOIN usage_point p ON p.organization_id = a.organization_id AND p.account_id = a.id "
        "WHERE a.organization_id = %s AND a.id = ANY(%s) AND p.pod = ANY(%s)",
    )
)


@dataclass(frozen=True, kw_only=True, slots=True)
class AccountFound:
    """An account as it stands. pods: the usage points billed under it, ascending; locations: of them.

    Nothing personal.
    """

    account: AccountId
    customer: CustomerId
    pods: tuple[PodId, ...]
    locations: tuple[LocationId, ...]
    customer_class: str
    status: str
    opened_on: date
    closed_on: date | None
    good_standing: bool
    assistance: bool
    life_support: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class PointFound:
    """A usage point as it stands. account: absent while vacant."""

    pod: PodId
    location: LocationId
    postal_code: str
    dwelling: str
    account: AccountId | None
    read_cycle: str
    net_metering: bool
    interval_opt_out: bool


def account(organization: OrganizationKey, *, account_id: AccountId) -> AccountFound | None:
    """An account by its number in the tables; None if this organization has none of it."""
    with open_organization(organization):
        return looked_up(Fact.ACCOUNT, account_id, lambda: accounts([account_id]).get(account_id))


def accounts(ids: Collection[AccountId]) -> dict[AccountId, AccountFound]:
    """The accounts of the open organization by their numbers in the tables; one that it has not is left out."""
    with cursor() as pen:
        rows = pen.execute(
            _ACCOUNTS,
            (current().id, list(ids)),
        ).fetchall()
    return {AccountId(row[0]): account_of(row) for row in rows}


@dataclass(frozen=True, kw_only=True, slots=True)
class BilledPoint:
    """An account with one of the usage points that are billed under it."""

    account: AccountFound
    net_metering: bool


def billed_point(account: AccountId, *, pod: PodId) -> BilledPoint | None:
    """An account of the open organization with a usage point; None where they are not together in its books."""
    asked = (account, pod)
    return looked_up(Fact.BILLED_POINT, asked, lambda: billed_points([asked]).get(asked))


def billed_points(asked: Collection[tuple[AccountId, PodId]]) -> dict[tuple[AccountId, PodId], BilledPoint]:
    """Accounts of the open organization, each with a usage point; left out where they are not together in its books."""
    with cursor() as pen:
        rows = pen.execute(
            _BILLED, (current().id, [account for account, _ in asked], [pod for _, pod in asked])
        ).fetchall()
    return {
        (AccountId(row[2]), PodId(row[0])): BilledPoint(account=account_of(row[2:]), net_metering=row[1])
        for row in rows
    }


def point(organization: OrganizationKey, *, pod: PodId) -> PointFound | None:
    """A usage point; None if this organization does not have it in its books."""
    with open_organization(organization):
        return looked_up(Fact.POINT, pod, lambda: points([pod]).get(pod))


def points(pods: Collection[PodId]) -> dict[PodId, PointFound]:
    """The usage points of these numbers in the books of the open organization; one that it has not is left out."""
    with cursor() as pen:
        rows = pen.execute(_POINTS, (current().id, list(pods))).fetchall()
    return {PodId(row[0]): point_of(row) for row in rows}


def live_units_at(
    organization: OrganizationKey, *, location: LocationId, family: str, but: CaseNumber | None = None
) -> int:
    """How many usage points of a location have a place in a family, live or held. but: one that lets go."""
    with open_organization(organization):
        found = looked_up(Fact.UNITS_AT_LOCATION, location, lambda: units_at([location], but=but).get(location, {}))
    return found.get(family, 0)


def units_at(locations: Collection[LocationId], *, but: CaseNumber | None = None) -> dict[LocationId, dict[str, int]]:
    """As `live_units_at`, for many locations of the open organization: by location and family, where there are any."""
    with cursor() as pen:
        rows = pen.execute(
            "SELECT p.location_id, place.family, count(*) FROM usage_point p JOIN place ON p.pod = place.unit_id "
            "AND p.organization_id = place.organization_id WHERE p.organization_id = %s "
            "AND (place.live OR place.held) AND place.unit_kind = 'usage_point' "
            "AND p.location_id = ANY(%s) AND place.case_number <> %s GROUP BY p.location_id, place.family",
            (current().id, list(locations), but or ""),
        ).fetchall()
    found: dict[LocationId, dict[str, int]] = {}
    for location, family, count in rows:
        found.setdefault(LocationId(location), {})[family] = count
    return found


def account_of(row: tuple[Any, ...]) -> AccountFound:
    names = ("account", "customer", "pods", "locations", "customer_class", "status", "opened_on", "closed_on")
    told: dict[str, Any] = dict(zip((*names, "good_standing", "assistance", "life_support"), row, strict=True))
    return AccountFound(**{**told, "pods": tuple(told["pods"]), "locations": tuple(told["locations"])})


def point_of(row: tuple[Any, ...]) -> PointFound:
    """A usage point from its columns, `POINT_COLUMNS`."""
    pod, location, postal_code, dwelling, account_id, read_cycle, net_metering, interval_opt_out = row
    return PointFound(
        pod=pod,
        location=location,
        postal_code=postal_code,
        dwelling=dwelling,
        account=account_id,
        read_cycle=read_cycle,
        net_metering=net_metering,
        interval_opt_out=interval_opt_out,
    )

"""The register of an organization: accounts found by what a customer knows, and how accounts and usage points stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from evenroll.quantities.identifiers import AccountId, CaseNumber, CustomerId, LocationId, OrganizationKey, PodId
from evenroll.records.organizations import current, cursor, open_organization
from evenroll.records.tokens import TokenKind, find_by_token, has_token, normalized

CUSTOMER, ACCOUNT, LOCATION = "customer", "account", "location"

_OF_CUSTOMER = frozenset({TokenKind.NAME, TokenKind.NAME_PREFIX, TokenKind.PHONE, TokenKind.EMAIL})
_OF_LOCATION = frozenset({TokenKind.SERVICE_ADDRESS, TokenKind.POSTAL_CODE})
_OF_ACCOUNT = frozenset({TokenKind.ACCOUNT_NUMBER, TokenKind.LAST_BILL_AMOUNT})


@dataclass(frozen=True, kw_only=True, slots=True)
class AccountFound:
    """An account as it stands. pods: the usage points billed under it, ascending. Nothing personal."""

    account: AccountId
    customer: CustomerId
    pods: tuple[PodId, ...]
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


@dataclass(frozen=True, kw_only=True, slots=True)
class Match:
    """What agreed, all on one and the same account; nothing where no account, or more than one, is meant."""

    account: AccountFound | None = None
    agreed: frozenset[TokenKind] = frozenset()


def match(organization: OrganizationKey, *, values: Mapping[TokenKind, str]) -> Match:
    """The account that the values mean, by its number, else by the service address, and which of them agree with it.

    values: personal; compared by token and kept nowhere.
    """
    with open_organization(organization):
        found = _candidates(values)
        if len(found) != 1:
            return Match()
        account = _account(found[0])
        if account is None:
            return Match()
        locations = _locations(account)
        agreed = frozenset(
            kind for kind, value in values.items() if _agrees(kind, value, account=account, locations=locations)
        )
    return Match(account=account, agreed=agreed)


def account(organization: OrganizationKey, *, account_id: AccountId) -> AccountFound | None:
    """An account by its number in the tables; None if this organization has none of it."""
    with open_organization(organization):
        return _account(account_id)


def point(organization: OrganizationKey, *, pod: PodId) -> PointFound | None:
    """A usage point; None if this organization does not have it in its books."""
    with open_organization(organization) as opened, cursor() as pen:
        row = pen.execute(
            "SELECT p.pod, l.id, l.postal_code, l.dwelling, p.account_id, p.read_cycle, p.net_metering, "
            "p.interval_opt_out FROM usage_point p JOIN service_location l ON l.id = p.location_id "
            "WHERE p.organization_id = %s AND p.pod = %s",
            (opened.id, pod),
        ).fetchone()
    return None if row is None else _point(row)


def live_units_at(
    organization: OrganizationKey, *, location: LocationId, family: str, but: CaseNumber | None = None
) -> int:
    """How many usage points of a location have a place in a family, live or held. but: one that lets go."""
    with open_organization(organization) as opened, cursor() as pen:
        row = pen.execute(
            "SELECT count(*) FROM place JOIN usage_point p ON p.pod = place.unit_id "
            "AND p.organization_id = place.organization_id WHERE place.organization_id = %s "
            "AND (place.live OR place.held) AND place.unit_kind = 'usage_point' AND place.family = %s "
            "AND p.location_id = %s AND place.case_number <> %s",
            (opened.id, family, location, but or ""),
        ).fetchone()
    return 0 if row is None else row[0]


def _candidates(values: Mapping[TokenKind, str]) -> tuple[AccountId, ...]:
    number = values.get(TokenKind.ACCOUNT_NUMBER, "")
    if normalized(TokenKind.ACCOUNT_NUMBER, number):
        return tuple(AccountId(each) for each in find_by_token(TokenKind.ACCOUNT_NUMBER, number, subject_kind=ACCOUNT))
    address = values.get(TokenKind.SERVICE_ADDRESS, "")
    if not normalized(TokenKind.SERVICE_ADDRESS, address):
        return ()
    locations = list(find_by_token(TokenKind.SERVICE_ADDRESS, address, subject_kind=LOCATION))
    with cursor() as pen:
        rows = pen.execute(
            "SELECT DISTINCT account_id FROM usage_point "
            "WHERE organization_id = %s AND location_id = ANY(%s) AND account_id IS NOT NULL",
            (current().id, locations),
        ).fetchall()
    return tuple(AccountId(row[0]) for row in rows)


def _agrees(kind: TokenKind, value: str, *, account: AccountFound, locations: tuple[int, ...]) -> bool:
    if not normalized(kind, value):
        return False
    if kind in _OF_CUSTOMER:
        return has_token(kind, value, subject_kind=CUSTOMER, subject_id=account.customer)
    if kind in _OF_ACCOUNT:
        return has_token(kind, value, subject_kind=ACCOUNT, subject_id=account.account)
    if kind in _OF_LOCATION:
        return any(has_token(kind, value, subject_kind=LOCATION, subject_id=each) for each in locations)
    return kind is TokenKind.METER_SERIAL and _has_meter(account, value)


def _has_meter(account: AccountFound, serial: str) -> bool:
    with cursor() as pen:
        rows = pen.execute(
            "SELECT serial FROM meter WHERE organization_id = %s AND pod = ANY(%s) AND removed_on IS NULL",
            (current().id, list(account.pods)),
        ).fetchall()
    asked = normalized(TokenKind.METER_SERIAL, serial)
    return any(normalized(TokenKind.METER_SERIAL, row[0]) == asked for row in rows)


def _account(account_id: AccountId) -> AccountFound | None:
    with cursor() as pen:
        row = pen.execute(
            "SELECT a.id, a.customer_id, ARRAY(SELECT pod FROM usage_point p "
            "WHERE p.organization_id = a.organization_id AND p.account_id = a.id ORDER BY pod), "
            "a.customer_class, a.status, a.opened_on, a.closed_on, a.good_standing, a.assistance, c.life_support "
            "FROM customer_account a JOIN customer c ON c.id = a.customer_id "
            "WHERE a.organization_id = %s AND a.id = %s",
            (current().id, account_id),
        ).fetchone()
    if row is None:
        return None
    names = ("account", "customer", "pods", "customer_class", "status", "opened_on", "closed_on")
    told: dict[str, Any] = dict(zip((*names, "good_standing", "assistance", "life_support"), row, strict=True))
    return AccountFound(**{**told, "pods": tuple(told["pods"])})


def _locations(account: AccountFound) -> tuple[int, ...]:
    with cursor() as pen:
        rows = pen.execute(
            "SELECT DISTINCT location_id FROM usage_point WHERE organization_id = %s AND account_id = %s",
            (current().id, account.account),
        ).fetchall()
    return tuple(row[0] for row in rows)


def _point(row: tuple[Any, ...]) -> PointFound:
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

"""Invented organizations, actors and events for the tests of the records."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any, LiteralString, Protocol

from evenroll.enrollment.case import Case, Offered, Opening, Place
from evenroll.enrollment.case_events import (
    CaseOpened,
    OffersPresented,
    PlaceReleased,
    PlaceReserved,
    ProgramChosen,
    VehicleRecorded,
)
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.decided import Decided
from evenroll.enrollment.form import Channel, Language
from evenroll.enrollment.messages import CancelAsked, CancelReason, Message
from evenroll.enrollment.roles import Actor, Role
from evenroll.enrollment.rows import Row
from evenroll.enrollment.tracks import Move, State
from evenroll.enrollment.usage_point import Agreement, PointMeter, Register, UsagePoint
from evenroll.programs.program import MeterCapability, Track, Unit
from evenroll.programs.rules import Drivetrain
from evenroll.quantities.identifiers import (
    ActorKey,
    CaseNumber,
    MeterSerial,
    OrderNumber,
    OrganizationKey,
    Pevid,
    PodId,
    ProgramKey,
    RateKey,
    case_number,
    order_number,
    pevid,
)
from evenroll.records.organizations import cursor, open_organization
from evenroll.records.unit_of_work import UnitOfWork, unit_of_work

NOW = datetime(2026, 11, 23, 15, 30, tzinfo=UTC)
UTILITY = OrganizationKey("lakeland-power")
ESCO = OrganizationKey("prairie-energy")
CLEARINGHOUSE = OrganizationKey("lakeland-registry")


class Urls(Protocol):
    """What the fixture `django_ready` gives: the addresses of the test database."""

    app: str
    owner: str
    auditor: str | None


def actor(organization: OrganizationKey = UTILITY, *, role: Role = Role.ENROLLMENT_DESK, key: str = "desk-1") -> Actor:
    return Actor(key=ActorKey(key), role=role, organization=organization)


@contextmanager
def working(organization: OrganizationKey = UTILITY, *, now: datetime = NOW) -> Iterator[UnitOfWork]:
    with unit_of_work(organization, actor=actor(organization), now=now) as uow:
        yield uow


def rows(sql: LiteralString, *parameters: object, organization: OrganizationKey = UTILITY) -> list[tuple[Any, ...]]:
    """What a query gives as the application role in an organization."""
    with open_organization(organization), cursor() as pen:
        return pen.execute(sql, parameters).fetchall()


def new_case_number() -> CaseNumber:
    return case_number(secrets.token_bytes(16))


def new_order_number() -> OrderNumber:
    return order_number(secrets.token_bytes(16))


def new_pevid() -> Pevid:
    return pevid(secrets.token_bytes(16))


def opened(number: CaseNumber, *, organization: OrganizationKey = UTILITY, now: datetime = NOW) -> CaseOpened:
    opening = Opening(opened_at=now, channel=Channel.WEB, language=Language.EN, postal_code="60999")
    move = Move(
        track=Track.CASE,
        to=State.DRAFT,
        at=now,
        owner=Role.CUSTOMER,
        due_at=now + timedelta(days=60),
        on_lapse=CommandName.EXPIRE,
    )
    return CaseOpened(row=Row.R2, moves=(move,), number=number, organization=organization, opening=opening)


def offered(*, organization: OrganizationKey = UTILITY) -> Offered:
    return Offered(
        program=ProgramKey("night-saver"),
        version=1,
        content_hash="0" * 64,
        organization=organization,
        valid_until=date(2026, 12, 31),
    )


def chosen(*, organization: OrganizationKey = UTILITY) -> tuple[OffersPresented, ProgramChosen]:
    told = offered(organization=organization)
    return (OffersPresented(row=Row.R2B, shown=(told,), hidden=()), ProgramChosen(row=Row.R2B, offered=told))


def reserved(pod: PodId, *, family: str = "tou") -> PlaceReserved:
    return PlaceReserved(row=Row.R5, place=Place(family=family, unit=Unit.USAGE_POINT, unit_key=pod))


def released() -> PlaceReleased:
    return PlaceReleased(row=Row.ACTION)


def new_pod() -> PodId:
    return PodId(f"LP-{secrets.token_hex(6)}")


def usage_point(pod: PodId) -> UsagePoint:
    """A usage point with one total register and one agreement without an end."""
    meter = PointMeter(
        serial=MeterSerial(f"M{pod}"),
        capability=MeterCapability.TOTAL_REGISTER,
        registers=(Register(name="total", rollover_wh=10**9),),
        installed_on=date(2020, 5, 1),
        opening_wh={"total": 0},
    )
    agreement = Agreement(rate=RateKey("standard"), supplier=UTILITY, start_on=date(2020, 5, 1))
    return UsagePoint(pod=pod, meters=(meter,), agreements=(agreement,))


def vehicle_recorded() -> VehicleRecorded:
    return VehicleRecorded(row=Row.R4A, pevid=new_pevid(), drivetrain=Drivetrain.BEV, vin_known=True)


def cancel_message(number: CaseNumber, *, to: OrganizationKey = UTILITY, sealed: int | None = None) -> Message:
    body = CancelAsked(order=new_order_number(), reason=CancelReason.WITHDRAWN)
    return Message(to=to, conversation=number, body=body, sealed=sealed)


def open_case(organization: OrganizationKey = UTILITY, *, now: datetime = NOW) -> Case:
    """A case opened, with a program chosen, committed."""
    number = new_case_number()
    with working(organization, now=now) as uow:
        first = opened(number, organization=organization, now=now)
        decided = Decided(events=(first, *chosen(organization=organization)))
        return uow.record_case(number, decided, expected=None)

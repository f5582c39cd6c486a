"""Loading the territories of the demo: organizations, programs, books of utilities and suppliers, and registries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import datetime
from multiprocessing import get_context
from typing import TYPE_CHECKING, Final

from evenroll.enrollment.decided import Refusal
from evenroll.enrollment.point_events import LoadUsagePoint, load_usage_point
from evenroll.enrollment.roles import Actor, OrganizationKind, Role
from evenroll.programs.catalog import load_catalog
from evenroll.programs.program import ProgramVersion
from evenroll.quantities.calendars import calendar
from evenroll.quantities.identifiers import AccountId, ActorKey, OrganizationKey, PodId
from evenroll.runtime.territory_meters import usage_point_of
from evenroll.runtime.territory_plan import (
    ACCOUNTS_OPENED_ON,
    LAKELAND,
    TERRITORIES,
    PlannedPoint,
)
from evenroll.runtime.territory_prices import load_prices
from evenroll.runtime.territory_reads import past_reads, store_reads

if TYPE_CHECKING:
    from evenroll.records.books import NewSupply
    from evenroll.records.organizations import Opened
    from evenroll.records.row_batch import RowBatch

AT_ONCE: Final = 200
LOADER: Final = ActorKey("territory")
NOTHING_SPECIAL: Final[Mapping[PodId, Mapping[str, object]]] = {}


def load_organizations(*, now: datetime) -> None:
    """The organizations of the territories, each with its kinds and calendar, and their programs as published.

    Everybody else stays in the catalog: nobody here is served by them. A supplier that is not in it sells here and has
    no program. Where there is no clearinghouse the utility
    itself keeps the registry of supply.
    """
    from evenroll.records.organizations import add_organization

    catalog = load_catalog()
    keys = {key for territory in TERRITORIES for key in territory.organizations}
    registries = {territory.registry for territory in TERRITORIES}
    for each in (each for each in catalog.organizations if each.key in keys):
        registry = {OrganizationKind.CLEARINGHOUSE} if each.key in registries else set[OrganizationKind]()
        add_organization(
            each.key,
            name=each.name.en,
            kinds=frozenset({OrganizationKind(each.role.value), *registry}),
            calendar_key=each.calendar,
        )
    known = {each.key for each in catalog.organizations}
    for territory in TERRITORIES:
        for supplier in territory.suppliers:
            if supplier not in known:
                kinds = frozenset({OrganizationKind.SUPPLIER})
                add_organization(supplier, name=supplier.title(), kinds=kinds, calendar_key=territory.calendar)
    for program in catalog.programs:
        if program.organization in keys:
            _publish(program, now=now)


def _publish(program: ProgramVersion, *, now: datetime) -> None:
    """As its manager would: with its cap, which holds from then on. What is published already stays as it is."""
    from evenroll.actions.publish_program import publish_program
    from evenroll.records.unit_of_work import unit_of_work

    manager = Actor(key=LOADER, role=Role.PROGRAM_MANAGER, organization=program.organization)
    with unit_of_work(program.organization, actor=manager, now=now) as work:
        publish_program(work, program=program)


def load_territory(
    points: Sequence[PlannedPoint],
    *,
    now: datetime,
    special: Mapping[PodId, Mapping[str, object]] = NOTHING_SPECIAL,
) -> None:
    """Everything, by two processes at once: each organization's books are a transaction of their own.

    The database connections of this process are closed before, so that no process inherits one.
    """
    from django.db import connections

    load_organizations(now=now)
    connections.close_all()
    # What both processes will ask of calendars and loads is computed once, before they part.
    for _ in past_reads(points[:200], before=calendar(LAKELAND.calendar).business_date(now)):
        pass
    here = {each.name: [point for point in points if point.territory is each] for each in TERRITORIES}
    lakeland = here[LAKELAND.name]
    half = len(lakeland) // 2
    with ProcessPoolExecutor(max_workers=2, mp_context=get_context("fork")) as pool:
        jobs = [
            pool.submit(load_utility, lakeland[:half], now=now),
            pool.submit(load_utility, lakeland[half:], now=now),
            pool.submit(load_prices),
            *(pool.submit(load_utility, here[each.name], now=now) for each in TERRITORIES if each is not LAKELAND),
            *(pool.submit(load_registry, here[each.name], special=special) for each in TERRITORIES),
            *(
                pool.submit(load_supplier, here[each.name], supplier=supplier)
                for each in TERRITORIES
                for supplier in each.suppliers
            ),
        ]
        for job in jobs:
            job.result()


def load_utility(points: Sequence[PlannedPoint], *, now: datetime) -> None:
    """The utility's books: every customer, account, premise, usage point with its meter, and the reads so far.

    points: of one territory.
    """
    from evenroll.records.organizations import open_organization

    with open_organization(points[0].territory.utility) as opened:
        load_utility_books(points, now=now)
        store_reads(past_reads(points, before=opened.calendar.business_date(now)))


def load_utility_books(points: Sequence[PlannedPoint], *, now: datetime) -> None:
    """As `load_utility`, without the reads."""
    from evenroll.records.organizations import cursor, open_organization
    from evenroll.records.row_batch import RowBatch

    with open_organization(points[0].territory.utility) as opened:
        _add_all_to_books(points, supplier=None)
        batch = RowBatch(cursor(), opened.id)
        for done, point in enumerate(points, start=1):
            _load_stream(batch, opened, point, now=now)
            if done % AT_ONCE == 0:
                batch.flush()
        batch.flush()


def _load_stream(batch: RowBatch, opened: Opened, point: PlannedPoint, *, now: datetime) -> None:
    """The first entry of a usage point's stream, with its rows; nobody else can hold a lock on it yet."""
    from evenroll.records.locks import Head
    from evenroll.records.stream_writer import Writing, append
    from evenroll.records.streams import point_stream

    decided = load_usage_point(None, LoadUsagePoint(point=usage_point_of(point)))
    if isinstance(decided, Refusal):
        raise RuntimeError(f"Usage point {point.pod} cannot be loaded: {decided.code.value}.")
    stream = point_stream(point.pod)
    writing = Writing(
        batch=batch,
        opened=opened,
        actor=Actor(key=LOADER, role=Role.SYSTEM, organization=opened.key),
        now=now,
        business_on=opened.calendar.business_date(now),
        idempotency_key="",
    )
    append(writing, stream, head=Head(number=0, hash=""), before=None, events=decided.point_events)


def load_supplier(points: Iterable[PlannedPoint], *, supplier: OrganizationKey) -> None:
    """A supplier's books: its own customers, accounts and where it supplies. It has no meters."""
    from evenroll.records.organizations import open_organization

    with open_organization(supplier):
        _add_all_to_books([point for point in points if point.supplier == supplier], supplier=supplier)


def load_registry(
    points: Sequence[PlannedPoint], *, special: Mapping[PodId, Mapping[str, object]] = NOTHING_SPECIAL
) -> None:
    """The registry of a territory's points. special: what the demo's script says of single points instead."""
    from evenroll.records.books_many import add_supplies
    from evenroll.records.organizations import open_organization

    with open_organization(points[0].territory.registry):
        add_supplies(
            [
                replace(_supply_of(point), **special.get(point.pod, {}))  # pyright: ignore[reportArgumentType]
                for point in points
            ]
        )


def _supply_of(point: PlannedPoint) -> NewSupply:
    from evenroll.records.books import NewSupply

    esco = point.supplier in point.territory.suppliers
    return NewSupply(
        pod=point.pod,
        postal_code=point.postal_code,
        address=point.address,
        utility=point.territory.utility,
        supplier=point.supplier if esco else None,
        supplier_kind="esco" if esco else "utility",
        from_on=ACCOUNTS_OPENED_ON,
    )


def _add_all_to_books(points: Sequence[PlannedPoint], *, supplier: OrganizationKey | None) -> None:
    from evenroll.records.books import NewPoint
    from evenroll.records.books_many import NewLocation, add_locations, add_points

    accounts = _add_accounts(points, supplier=supplier)
    # Two points may share a premise.
    premises = {point.location: point for point in reversed(points)}
    new = [NewLocation(address=each.address, postal_code=each.postal_code) for each in premises.values()]
    locations = dict(zip(premises, add_locations(new), strict=True))
    add_points(
        [
            NewPoint(
                pod=point.pod,
                location=locations[point.location],
                account=account,
                read_cycle=str(point.cycle_day),
                net_metering=point.net_metering,
                interval_opt_out=point.interval_opt_out,
            )
            for account, point in zip(accounts, points, strict=True)
        ]
    )


def _add_accounts(points: Sequence[PlannedPoint], *, supplier: OrganizationKey | None) -> tuple[AccountId, ...]:
    """A customer and an account for each point; the number is the supplier's own, or the utility's."""
    from evenroll.records.books import NewAccount
    from evenroll.records.books_many import NewCustomer, add_accounts, add_customers
    from evenroll.records.tokens import TokenKind

    customers = add_customers(
        [
            NewCustomer(
                personal={TokenKind.NAME: point.name, TokenKind.PHONE: point.phone, TokenKind.EMAIL: point.email},
                language=point.language,
                life_support=point.life_support,
            )
            for point in points
        ]
    )
    return add_accounts(
        [
            NewAccount(
                customer=customer,
                number=point.account_number if supplier is None else point.supplier_account,
                customer_class=point.customer_class.value,
                opened_on=ACCOUNTS_OPENED_ON,
                good_standing=point.good_standing,
                assistance=point.assistance,
                last_bill_amount=point.last_bill,
            )
            for customer, point in zip(customers, points, strict=True)
        ]
    )

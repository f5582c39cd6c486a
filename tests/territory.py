"""A small invented territory for tests on a real database: a utility, an ESCO, a clearinghouse, and their books.

Every test gets organizations, programs and usage points of its own, so nothing has to be cleaned.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from evenroll.enrollment.case import Case, Opening, Prompter
from evenroll.enrollment.case_commands import NoPayload, OpenCase, SubmitForm
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.decided import Decided, Refusal
from evenroll.enrollment.facts import PartnerAway
from evenroll.enrollment.form import Channel, Dwelling, Form, FormField, Holder, Language
from evenroll.enrollment.point_events import LoadUsagePoint, load_usage_point
from evenroll.enrollment.roles import Actor, OrganizationKind, Role
from evenroll.enrollment.usage_point import Agreement, MeterReads, PointMeter, Register, UsagePoint
from evenroll.ports.clearinghouse import Clearinghouse
from evenroll.ports.outside import Outside
from evenroll.programs.catalog import load_catalog
from evenroll.programs.program import ConsentKind, DocumentKind, MeterCapability, ProgramVersion
from evenroll.programs.rules import Drivetrain
from evenroll.quantities.identifiers import (
    AccountId,
    ActorKey,
    CaseNumber,
    CustomerId,
    MeterSerial,
    OrderNumber,
    OrganizationKey,
    PodId,
    ProgramKey,
    RateKey,
    case_number,
)

NOW = datetime(2026, 11, 2, 16, 0, tzinfo=UTC)
LONG_AGO = date(2020, 1, 1)
CYCLE_DAY = 12
POSTAL_CODE = "60999"
VIN = "11111111111111111"
DAY_WH = 9_000
ROLLOVER_WH = 100_000_000
TOTAL = ("total",)
NIGHT_RATE = ("peak", "shoulder", "night")
NIGHT_SUPPLY = ("night", "day")


@dataclass(frozen=True, kw_only=True, slots=True)
class Premise:
    """A customer at a usage point, as both know it."""

    pod: PodId
    serial: MeterSerial
    name: str
    account_number: str
    address: str
    last_bill: str
    account: AccountId
    customer: CustomerId

    def answers(self) -> dict[FormField, str]:
        """What this customer writes into a form."""
        return {
            FormField.NAME: self.name,
            FormField.ACCOUNT_NUMBER: self.account_number,
            FormField.SERVICE_ADDRESS: self.address,
            FormField.POSTAL_CODE: POSTAL_CODE,
            FormField.LAST_BILL_AMOUNT: self.last_bill,
            FormField.EMAIL: "someone@example.test",
            FormField.VIN: VIN,
        }


@dataclass(kw_only=True, slots=True)
class SteadyReads:
    """A meter reading route on which every register advances by DAY_WH a day; `away` when it cannot be asked."""

    meters: dict[MeterSerial, tuple[tuple[str, ...], date, int]] = field(default_factory=dict)
    away: bool = False

    def knows(self, serial: MeterSerial, registers: tuple[str, ...], *, since: date, opening_wh: int = 0) -> None:
        self.meters[serial] = (registers, since, opening_wh)

    def shown(self, serial: MeterSerial, *, on: date) -> dict[str, int]:
        registers, since, opening_wh = self.meters[serial]
        return {name: opening_wh + DAY_WH * (on - since).days for name in registers}

    def reads(
        self, serial: MeterSerial, *, utility: OrganizationKey, on: tuple[date, ...]
    ) -> tuple[MeterReads, ...] | PartnerAway:
        if self.away:
            return PartnerAway(partner="meter_reads")
        if serial not in self.meters:
            return ()
        since = self.meters[serial][1]
        return tuple(
            MeterReads(serial=serial, read_on=day, values_wh=self.shown(serial, on=day))
            for day in sorted(on)
            if day >= since
        )


@dataclass(kw_only=True)
class Territory:
    """The organizations of one test, with everything that a test asks of them."""

    tag: str
    utility: OrganizationKey
    esco: OrganizationKey
    registry: OrganizationKey
    night: ProgramVersion
    supply: ProgramVersion
    reads: SteadyReads = field(default_factory=SteadyReads)
    clearinghouse: Clearinghouse | None = None

    @property
    def installation(self):
        from evenroll.worker.installation import one_installation

        return one_installation(
            (self.utility, self.esco, self.registry),
            entropy=lambda: secrets.token_bytes(32),
            clearinghouse=self.clearinghouse,
            reads=self.reads,
        )

    def actor(self, organization: OrganizationKey, role: Role = Role.ENROLLMENT_DESK, *, key: str = "") -> Actor:
        return Actor(key=ActorKey(key or f"{role.value}-1"), role=role, organization=organization)

    def give(
        self,
        organization: OrganizationKey,
        name: CommandName,
        number: str,
        command: object = None,
        *,
        role: Role = Role.ENROLLMENT_DESK,
        now: datetime = NOW,
        answers: Mapping[FormField, str] | None = None,
        key: str = "",
        by: str = "",
    ):
        from evenroll.records.asked import Asked
        from evenroll.worker.giving import give

        asked = Asked(
            number=number,
            command=NoPayload() if command is None else command,
            outside=Outside(answers=answers or {}),
            key=key,
        )
        actor = self.actor(organization, role, key=by)
        return give(self.installation, actor=actor, name=name, asked=asked, now=now)

    def run(self, now: datetime = NOW):
        from evenroll.worker.driver import run_until_idle

        progress = run_until_idle(self.installation, now=now, limit=2000)
        assert progress.idle
        return progress

    def run_through(self, until: datetime, *, since: datetime = NOW):
        """Let the business clock run, from due date to due date."""
        from evenroll.records import deadlines, outbox

        now = since
        while True:
            progress = self.run(now)
            dates = [
                found
                for key in (self.utility, self.esco, self.registry)
                for found in (deadlines.next_due_at(key, after=now), outbox.next_due_at(key, after=now))
                if found is not None
            ]
            following = min(dates, default=until)
            if following >= until:
                return self.run(until) if now < until else progress
            now = following

    def case(self, organization: OrganizationKey, number: CaseNumber) -> Case:
        from evenroll.records import queries

        viewer = queries.Viewer(organization=organization, role=Role.SYSTEM)
        return queries.case(viewer, number=number)

    def order(self, number: OrderNumber):
        from evenroll.records import queries

        return queries.order(queries.Viewer(organization=self.utility, role=Role.SYSTEM), number=number)

    def order_of(self, organization: OrganizationKey, number: CaseNumber):
        link = self.case(organization, number).order
        assert link is not None
        return self.order(link.number)

    def point(self, pod: PodId) -> UsagePoint:
        from evenroll.records import queries

        found = queries.usage_point(queries.Viewer(organization=self.utility, role=Role.SYSTEM), pod=pod)
        assert found is not None
        return found

    def events(self, organization: OrganizationKey, number: str) -> list[str]:
        from evenroll.records.models import JournalEntry
        from evenroll.records.organizations import open_organization

        with open_organization(organization):
            rows = JournalEntry.objects.filter(stream_key=number).order_by("number")
            return list(rows.values_list("event", flat=True))

    def premise(
        self,
        *,
        supplier: OrganizationKey | None = None,
        registers: tuple[str, ...] = TOTAL,
        capability: MeterCapability = MeterCapability.TOTAL_REGISTER,
        address: str = "",
        status: str = "active",
        good_standing: bool = True,
        in_registry: bool = True,
        remote_changeable: bool = False,
    ) -> Premise:
        """A new customer at a new usage point, in the books of the utility, of the ESCO that supplies, and the registry."""
        mark = secrets.token_hex(5)
        pod, serial = PodId(f"LP-{mark}"), MeterSerial(f"M-{mark}")
        street = address or f"{int(mark[:3], 16)} Elm Street {mark}"
        told = _Told(
            name=f"Robin {mark.translate(_LETTERS)}",
            account_number=f"A-{mark}",
            address=street,
            last_bill=f"{int(mark[:4], 16) / 100:.2f}",
            status=status,
            good_standing=good_standing,
        )
        provider = supplier or self.utility
        known = [_add_books(key, pod=pod, told=told, now=NOW) for key in {self.utility, provider}]
        account, customer = next((a, c) for key, a, c in known if key == provider)
        meter = PointMeter(
            serial=serial,
            capability=capability,
            registers=tuple(Register(name=name, rollover_wh=ROLLOVER_WH) for name in registers),
            installed_on=LONG_AGO,
            opening_wh=dict.fromkeys(registers, 0),
            remote_changeable=remote_changeable,
        )
        self.reads.knows(serial, registers, since=LONG_AGO)
        agreement = Agreement(rate=RateKey("LE-R"), supplier=self.utility, start_on=LONG_AGO)
        if supplier is not None:
            agreement = replace(
                agreement, rate=RateKey("LE-D"), supplier=supplier, supply_rate=RateKey("BW-STD")
            )
        _load_point(self.utility, UsagePoint(pod=pod, meters=(meter,), agreements=(agreement,)))
        if in_registry:
            _add_supply(self, pod, street, supplier)
        return Premise(
            pod=pod,
            serial=serial,
            name=told.name,
            account_number=told.account_number,
            address=street,
            last_bill=told.last_bill,
            account=account,
            customer=customer,
        )

    def form(self, program: ProgramVersion | None = None, *, now: datetime = NOW, **changes: object) -> Form:
        form = Form(
            channel=Channel.WEB,
            received_at=now,
            answers=0,
            signed_on=now.date(),
            consents=frozenset({ConsentKind.TERMS, ConsentKind.DATA_SHARING}),
            documents=frozenset({DocumentKind.VEHICLE_REGISTRATION}),
            program=(program or self.night).key,
            drivetrain=Drivetrain.BEV,
            holder=Holder.ACCOUNT_HOLDER,
            dwelling=Dwelling.OWN,
        )
        return replace(form, **changes)

    def apply(
        self,
        premise: Premise,
        *,
        at: OrganizationKey | None = None,
        program: ProgramVersion | None = None,
        pod: PodId | None = None,
        answers: Mapping[FormField, str] | None = None,
        now: datetime = NOW,
        **changes: object,
    ) -> CaseNumber:
        """Open a case and submit its form; nothing else is driven yet."""
        organization = at or self.utility
        number = case_number(secrets.token_bytes(16))
        opening = Opening(
            opened_at=now,
            channel=Channel.WEB,
            language=Language.EN,
            prompted_by=Prompter.DEALER,
            program=(program or self.night).key,
            pod=pod,
            postal_code=POSTAL_CODE,
        )
        command = OpenCase(number=number, organization=organization, opening=opening)
        self.taken(self.give(organization, CommandName.OPEN_CASE, number, command, role=Role.CUSTOMER, now=now))
        form = SubmitForm(form=self.form(program, now=now, **changes))
        given = premise.answers() if answers is None else answers
        submitted = self.give(
            organization, CommandName.SUBMIT_FORM, number, form, role=Role.CUSTOMER, now=now, answers=given
        )
        self.taken(submitted)
        return number

    def taken(self, answer: object):
        from evenroll.records.asked import Taken

        assert isinstance(answer, Taken), answer
        return answer

    def refused(self, answer: object) -> Refusal:
        assert isinstance(answer, Refusal), answer
        return answer


@dataclass(frozen=True, kw_only=True, slots=True)
class _Told:
    name: str
    account_number: str
    address: str
    last_bill: str
    status: str
    good_standing: bool


_LETTERS = str.maketrans("0123456789", "ghijklmnop")


def new_territory(**changes: object) -> Territory:
    """A territory with organizations, programs and books of its own. Needs the fixture `django_ready`."""
    from evenroll.records.organizations import add_organization
    from evenroll.records.published import publish

    tag = secrets.token_hex(4)
    keys = {
        kind: OrganizationKey(f"{name}-{tag}")
        for kind, name in (
            (OrganizationKind.UTILITY, "lakeland"),
            (OrganizationKind.SUPPLIER, "brightwater"),
            (OrganizationKind.CLEARINGHOUSE, "registry"),
        )
    }
    for kind, key in keys.items():
        add_organization(key, name=key.title(), kinds=frozenset({kind}), calendar_key="US-LAKELAND")
    utility, esco = keys[OrganizationKind.UTILITY], keys[OrganizationKind.SUPPLIER]
    catalog = load_catalog()
    night = replace(
        catalog.program(ProgramKey("LE-EV-NIGHT")), key=ProgramKey(f"NIGHT-{tag}"), organization=utility
    )
    supply = replace(
        catalog.program(ProgramKey("BW-NIGHT-DRIVE")), key=ProgramKey(f"DRIVE-{tag}"), organization=esco
    )
    for program in (night, supply):
        publish(program)
    return Territory(
        tag=tag,
        utility=utility,
        esco=esco,
        registry=keys[OrganizationKind.CLEARINGHOUSE],
        night=night,
        supply=supply,
        **changes,
    )


def days(count: float) -> timedelta:
    return timedelta(days=count)


def _add_books(
    organization: OrganizationKey, *, pod: PodId, told: _Told, now: datetime
) -> tuple[OrganizationKey, AccountId, CustomerId]:
    from evenroll.records import books
    from evenroll.records.organizations import open_organization
    from evenroll.records.tokens import TokenKind

    with open_organization(organization):
        customer = books.add_customer(personal={TokenKind.NAME: told.name})
        account = books.add_account(
            books.NewAccount(
                customer=customer,
                number=told.account_number,
                customer_class="residential",
                opened_on=LONG_AGO,
                status=told.status,
                good_standing=told.good_standing,
                last_bill_amount=told.last_bill,
            )
        )
        location = books.add_location(address=told.address, postal_code=POSTAL_CODE)
        books.add_point(books.NewPoint(pod=pod, location=location, account=account, read_cycle=str(CYCLE_DAY)))
    return organization, account, customer


def _load_point(utility: OrganizationKey, point: UsagePoint) -> None:
    from evenroll.records.unit_of_work import unit_of_work

    system = Actor(key=ActorKey("loader"), role=Role.SYSTEM, organization=utility)
    with unit_of_work(utility, actor=system, now=NOW - days(100)) as work:
        before = work.usage_point(point.pod)
        decided = load_usage_point(before, LoadUsagePoint(point=point))
        assert isinstance(decided, Decided)
        work.record_point(point.pod, Decided(events=decided.point_events), expected=before)


def _add_supply(territory: Territory, pod: PodId, address: str, supplier: OrganizationKey | None) -> None:
    from evenroll.records import books
    from evenroll.records.organizations import open_organization

    with open_organization(territory.registry):
        books.add_supply(
            books.NewSupply(
                pod=pod,
                postal_code=POSTAL_CODE,
                address=address,
                utility=territory.utility,
                supplier=supplier,
                supplier_kind="esco" if supplier else "utility",
                from_on=LONG_AGO,
            )
        )

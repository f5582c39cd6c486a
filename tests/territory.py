"""A small invented territory for tests on a real database: a utility, an ESCO, a clearinghouse, and their books.

Every test gets organizations, programs and usage points of its own, so nothing has to be cleaned.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from evenroll.enrollment.case import Case, Opening, Prompter
from evenroll.enrollment.case_commands import NoPayload, OpenCase, SubmitForm
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.decided import Refusal
from evenroll.enrollment.form import Channel, Dwelling, Form, FormField, Holder, Language
from evenroll.enrollment.roles import Actor, OrganizationKind, Role
from evenroll.enrollment.usage_point import UsagePoint
from evenroll.ports.clearinghouse import Clearinghouse
from evenroll.ports.outside import Outside
from evenroll.programs.catalog import load_catalog
from evenroll.programs.program import ConsentKind, DocumentKind, ProgramVersion, SupplyStatus
from evenroll.programs.program_terms import Cap
from evenroll.programs.rules import Drivetrain
from evenroll.quantities.identifiers import (
    ActorKey,
    CaseNumber,
    OrderNumber,
    OrganizationKey,
    PodId,
    ProgramKey,
    case_number,
)
from tests.territory_books import POSTAL_CODE, NewPremise, Premise, add_premise
from tests.territory_reads import SteadyReads

NOW = datetime(2026, 11, 2, 16, 0, tzinfo=UTC)
NIGHT_RATE = ("peak", "shoulder", "night")
NIGHT_SUPPLY = ("night", "day")


@dataclass(frozen=True, kw_only=True, slots=True)
class Given:
    """How a command is given: in which role, when, with which answers and key, and by whom if it matters."""

    role: Role = Role.ENROLLMENT_DESK
    now: datetime = NOW
    answers: Mapping[FormField, str] | None = None
    key: str = ""
    by: str = ""

    def asked(self, number: str, command: object) -> Any:
        """What the door asks of a case or order. It knows records, which need Django set up."""
        from evenroll.records.asked import Asked

        payload = NoPayload() if command is None else command
        return Asked(number=number, command=payload, outside=Outside(answers=self.answers or {}), key=self.key)


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
    partners: Mapping[str, Any] = field(default_factory=dict)
    """Partners in place of those of this installation, by the names of `Installation`."""
    more: tuple[OrganizationKey, ...] = ()
    """Further organizations, beside utility, ESCO and registry."""

    @property
    def organizations(self) -> tuple[OrganizationKey, ...]:
        return tuple(dict.fromkeys((self.utility, self.esco, self.registry, *self.more)))

    @property
    def installation(self):
        from evenroll.worker.installation import one_installation

        made = one_installation(
            self.organizations,
            entropy=lambda: secrets.token_bytes(32),
            clearinghouse=self.clearinghouse,
            reads=self.reads,
        )
        return replace(made, **self.partners)

    def actor(self, organization: OrganizationKey, role: Role = Role.ENROLLMENT_DESK, *, key: str = "") -> Actor:
        return Actor(key=ActorKey(key or f"{role.value}-1"), role=role, organization=organization)

    def admit(self, organization: OrganizationKey, role: Role, *, key: str = "") -> None:
        """Give a role to a user, by default to the one that the terminal takes for it."""
        from evenroll.records.memberships import add_member
        from evenroll.records.organizations import open_organization

        user = ActorKey(key or f"terminal/{role.value.replace('_', '-')}")
        with open_organization(organization):
            add_member(user, role=role, by="tests", at=NOW)

    def give(self, organization: OrganizationKey, name: CommandName, number: str, command: object = None, **how: Any):
        """Give a command; how: see `Given`."""
        from evenroll.worker.giving import give

        given = Given(**how)
        actor, asked = self.actor(organization, given.role, key=given.by), given.asked(number, command)
        return give(self.installation, actor=actor, name=name, asked=asked, now=given.now)

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
                for key in self.organizations
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

    def premise(self, **changes: Any) -> Premise:
        """A new customer at a new usage point, in the books of all who know it; changes: to `NewPremise`."""
        new = NewPremise(utility=self.utility, registry=self.registry, **changes)
        return add_premise(new, reads=self.reads, now=NOW)

    def form(self, program: ProgramVersion | None = None, **changes: Any) -> Form:
        form = Form(
            channel=Channel.WEB,
            received_at=NOW,
            answers=0,
            signed_on=NOW.date(),
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
        answers: Mapping[FormField, str] | None = None,
        **changes: Any,
    ) -> CaseNumber:
        """Open a case and submit its form, whose fields are changed as told; nothing else is driven yet."""
        organization, number = at or self.utility, case_number(secrets.token_bytes(16))
        opening = Opening(
            opened_at=NOW,
            channel=Channel.WEB,
            language=Language.EN,
            prompted_by=Prompter.DEALER,
            program=(program or self.night).key,
            postal_code=POSTAL_CODE,
        )
        command = OpenCase(number=number, organization=organization, opening=opening)
        self.taken(self.give(organization, CommandName.OPEN_CASE, number, command, role=Role.CUSTOMER))
        form = SubmitForm(form=self.form(program, **changes))
        told = premise.answers() if answers is None else answers
        self.taken(self.give(organization, CommandName.SUBMIT_FORM, number, form, role=Role.CUSTOMER, answers=told))
        return number

    def taken(self, answer: object):
        from evenroll.records.asked import Taken

        assert isinstance(answer, Taken), answer
        return answer

    def refused(self, answer: object) -> Refusal:
        assert isinstance(answer, Refusal), answer
        return answer


PLANTED: set[OrganizationKey] = set()
"""Organizations in whose books a test of this process wrote rows by hand: no journal tells of them."""


def with_planted_rows(territory: Territory) -> Territory:
    """The territory, whose books are not replayed by tests that replay everybody's."""
    PLANTED.update(territory.organizations)
    return territory


def new_territory(**changes: Any) -> Territory:
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
    night = replace(catalog.program(ProgramKey("LE-EV-NIGHT")), key=ProgramKey(f"NIGHT-{tag}"), organization=utility)
    supply = replace(catalog.program(ProgramKey("BW-NIGHT-DRIVE")), key=ProgramKey(f"DRIVE-{tag}"), organization=esco)
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


def capped_program(territory: Territory, cap: Cap | None = None) -> ProgramVersion:
    """The night program under a key of its own, published with a cap: by default of one place."""
    from evenroll.records.published import publish

    key = ProgramKey(f"CAPPED-{secrets.token_hex(4)}")
    program = replace(territory.night, key=key, cap=cap or Cap(places=1))
    publish(program)
    return program


def winning_program(territory: Territory) -> ProgramVersion:
    """The ESCO's product under a key of its own, published, sold also to customers of the utility's supply."""
    from evenroll.records.published import publish

    key = ProgramKey(f"WINS-{secrets.token_hex(4)}")
    program = replace(territory.supply, key=key, switch_from=frozenset({SupplyStatus.UTILITY}))
    publish(program)
    return program


def days(count: float) -> timedelta:
    return timedelta(days=count)

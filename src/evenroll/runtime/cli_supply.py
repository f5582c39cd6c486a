"""`evenroll supply`: what the registry's operator tells of supply: a supplier leaves, a customer goes, a block."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from evenroll.enrollment.decided import Refusal, RefusalCode
from evenroll.enrollment.form import Language
from evenroll.enrollment.roles import Actor, OrganizationKind, Role
from evenroll.enrollment.supply import LostReason
from evenroll.pages.texts import render
from evenroll.quantities.identifiers import ActorKey, OrganizationKey, PodId
from evenroll.runtime.cli_exit import CommandEnded, ExitCode, not_found, refused, wrong_use
from evenroll.runtime.cli_member import refuse_stranger
from evenroll.runtime.cli_options import OrganizationOption, StaffRole
from evenroll.runtime.cli_session import asked, business_now, organizations_here, session
from evenroll.runtime.output_console import Output

if TYPE_CHECKING:
    from evenroll.records.asked import Answer, Taken
    from evenroll.records.unit_of_work import UnitOfWork

SHOWN_MAX = 50

RoleOption = Annotated[StaffRole, typer.Option("--as", help="The role in which it is done.")]
ActorOption = Annotated[str, typer.Option("--actor", help="Who does it; a key, not a name.")]
PodArgument = Annotated[str, typer.Argument(metavar="POD", help="The usage point.")]


def leave(
    supplier: Annotated[str, typer.Argument(metavar="SUPPLIER", help="The key of the supplier that leaves.")],
    to: Annotated[
        str, typer.Option("--to", metavar="KEY", help="The supplier of last resort; without it each wires utility.")
    ] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show whom it concerns, and change nothing.")] = False,
    role: RoleOption = StaffRole.REGISTRY_OPERATOR,
    actor: ActorOption = "",
    organization: OrganizationOption = "",
) -> None:
    """A supplier leaves the market today: every usage point goes over, open requests end, everybody is told.

    Example: evenroll --demo supply exit riverbend-power --dry-run
    """
    from evenroll.actions.exit_supplier import exit_preview, exit_supplier

    leaving, last_resort = OrganizationKey(supplier), OrganizationKey(to) if to else None
    output = Output(json=asked.json)
    if dry_run:
        answer, found = _done(
            lambda work: exit_preview(work, supplier=leaving, to=last_resort), role=role, actor=actor, of=organization
        )
    else:
        answer, found = _done(
            lambda work: exit_supplier(work, supplier=leaving, to=last_resort),
            role=role,
            actor=actor,
            of=organization,
            drive=True,
        )
    output.data({"supplier": leaving, "to": last_resort, "dry_run": dry_run, "registry": found, **_told(answer)})
    over = len(answer.events)
    whom = last_resort or "the default service of its utility"
    if dry_run:
        output.say(f"{over} usage points of {leaving} would go to {whom}. Nothing was changed.")
        output.table(("what would happen",), [(each,) for each in answer.events[:SHOWN_MAX]])
        return
    output.say(f"{leaving} has left: {over} usage points went to {whom}. It and the utilities are told of each.")


@dataclass(frozen=True, kw_only=True, slots=True)
class DropOptions:
    """What is said on the command line of a drop."""

    pod: PodArgument
    to: Annotated[str, typer.Option("--to", metavar="KEY", help="Who supplies now; without it the utility.")] = ""
    on: Annotated[str, typer.Option("--on", metavar="DATE", help="Since when; today, or a day before it.")] = ""
    reason: Annotated[LostReason, typer.Option("--reason", help="Why.")] = LostReason.OTHER_SUPPLIER
    role: RoleOption = StaffRole.REGISTRY_OPERATOR
    actor: ActorOption = ""
    organization: OrganizationOption = ""


def drop(said: DropOptions) -> None:
    """Another supplies this usage point: the one before and the utility are told, and what rests on it stops.

    Example: evenroll --demo supply drop LKE1000026
    """
    from evenroll.actions.drop_supply import drop_supply

    pod, day, supplier = PodId(said.pod), _day(said.on), OrganizationKey(said.to) if said.to else None

    def act(work: UnitOfWork) -> Answer:
        return drop_supply(work, pod=pod, lost_on=day or work.business_on, supplier=supplier, reason=said.reason)

    sentence = f"{pod} is supplied by {supplier or 'its utility'} now."
    _say(act, pod, sentence, role=said.role, actor=said.actor, of=said.organization)


def block(
    pod: PodArgument,
    role: RoleOption = StaffRole.REGISTRY_OPERATOR,
    actor: ActorOption = "",
    organization: OrganizationOption = "",
) -> None:
    """The account entered an assistance program: no supplier may take it over, and an open request is rejected.

    Example: evenroll --demo supply block LKE1000026
    """
    from evenroll.actions.exit_supplier import block_supply

    _say(
        lambda work: block_supply(work, pod=PodId(pod)),
        pod,
        f"{pod} is blocked: no supplier may take it over until it is unblocked.",
        role=role,
        actor=actor,
        of=organization,
    )


def unblock(
    pod: PodArgument,
    role: RoleOption = StaffRole.REGISTRY_OPERATOR,
    actor: ActorOption = "",
    organization: OrganizationOption = "",
) -> None:
    """The account left its assistance program: suppliers may ask for it again.

    Example: evenroll --demo supply unblock LKE1000026
    """
    from evenroll.actions.exit_supplier import block_supply

    _say(
        lambda work: block_supply(work, pod=PodId(pod), blocked=False),
        pod,
        f"{pod} may be asked for again.",
        role=role,
        actor=actor,
        of=organization,
    )


def _say(act: Callable[[UnitOfWork], Answer], pod: str, sentence: str, *, role: StaffRole, actor: str, of: str) -> None:
    output = Output(json=asked.json)
    answer, registry = _done(act, role=role, actor=actor, of=of, drive=True)
    output.data({"pod": pod, "registry": registry, **_told(answer)})
    output.say(sentence if answer.events else f"Nothing had to be changed: {pod} stands so already.")


def _done(
    act: Callable[[UnitOfWork], Answer], *, role: StaffRole, actor: str, of: str, drive: bool = False
) -> tuple[Taken, OrganizationKey]:
    """What was done in the registry's own books, and whose they are; what follows from it is driven at once."""
    from evenroll.records.unit_of_work import unit_of_work
    from evenroll.runtime.installation_wiring import wired_installation
    from evenroll.worker.driver import run_until_idle

    if role is not StaffRole.REGISTRY_OPERATOR:
        sentence = f"{role.value} may not tell the registry of supply; it is for {StaffRole.REGISTRY_OPERATOR.value}."
        raise refused(sentence, reason=RefusalCode.NOT_ALLOWED.value)
    with session():
        now, registry = business_now(), _registry(of)
        key = ActorKey(actor or "terminal/registry-operator")
        who = Actor(key=key, role=Role(role.value), organization=registry)
        refuse_stranger(who)
        with unit_of_work(registry, actor=who, now=now) as work:
            answer = act(work)
        if isinstance(answer, Refusal):
            sentence = render(answer.code, language=Language.EN, parameters=dict(answer.parameters))
            raise CommandEnded(sentence, code=ExitCode.REFUSED, reason=answer.code.value)
        if drive:
            run_until_idle(wired_installation(), now=now)
    return answer, registry


def _told(answer: Taken) -> dict[str, Any]:
    return {"state": answer.state, "events": list(answer.events)}


def _registry(organization: str) -> OrganizationKey:
    """The books of the registry: the one asked for, or the only one that is here."""
    from evenroll.records.organizations import kinds_of

    keys = [key for key in organizations_here(organization) if OrganizationKind.CLEARINGHOUSE in kinds_of(key)]
    if not keys:
        raise not_found("No clearinghouse keeps its registry here. Give the command where it does.")
    if len(keys) > 1:
        raise wrong_use(f"Several registries are here: {', '.join(keys)}. Name one with --organization.")
    return keys[0]


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise wrong_use(f"{text!r} is no day. Write it as 2027-12-31.") from None

"""Action: programs are drafted by one person and published, or withdrawn, by another look: never by the same actor."""

from __future__ import annotations

from collections.abc import Sequence

from evenroll.actions.publish_program import publish_program
from evenroll.enrollment.roles import OrganizationKind, Role, is_same_actor
from evenroll.programs.catalog import catalog_texts
from evenroll.programs.drafted import Drafted, Drafter, DraftFault, DraftRefused, read_draft
from evenroll.programs.program import ProgramVersion
from evenroll.quantities.identifiers import OrganizationKey, ProgramKey
from evenroll.records.asked import Taken
from evenroll.records.organizations import kinds_of, open_organization, organization_names
from evenroll.records.program_drafts import Draft, DraftState, decide_draft, draft_in_hand, keep_draft
from evenroll.records.program_shelf import versions_of
from evenroll.records.published import KeyTaken, VersionChanged, is_others
from evenroll.records.unit_of_work import UnitOfWork


def checked(text: str, *, organization: OrganizationKey) -> tuple[Drafted, ...]:
    """What a draft of this organization would publish now. Raises DraftRefused and catalog.CatalogRefused."""
    published: dict[ProgramKey, list[ProgramVersion]] = {}
    for each in versions_of(organization):
        published.setdefault(each.key, []).append(each)
    found = read_draft(text, drafter=_drafter(organization), shipped=catalog_texts(), published=published)
    for each in found:
        if is_others(each.program.key, than=organization):
            raise DraftRefused(DraftFault.KEY_TAKEN, program=each.program.key)
    return found


def keep(work: UnitOfWork, *, text: str) -> int:
    """Keep a draft that passes the check; its number. Raises DraftRefused and catalog.CatalogRefused."""
    _refuse_others(work)
    found = checked(text, organization=work.organization)
    return keep_draft(text, programs=_named(found), by=work.actor.key, at=work.now)


def publish(work: UnitOfWork, *, number: int) -> Sequence[ProgramVersion]:
    """Publish a draft that somebody else wrote, checked once more. Raises DraftRefused and catalog.CatalogRefused.

    All of its programs come onto the shelf, or none.
    """
    draft = _open(work, number)
    if is_same_actor(draft.drafted_by, work.actor.key):
        raise DraftRefused(DraftFault.SAME_PERSON)
    found = checked(draft.body, organization=work.organization)
    for each in found:
        try:
            answer = publish_program(work, program=each.program)
        except VersionChanged:
            # Somebody else published this version since the draft was checked.
            version = str(each.program.version)
            raise DraftRefused(DraftFault.VERSION_TAKEN, program=each.program.key, version=version) from None
        except KeyTaken:
            raise DraftRefused(DraftFault.KEY_TAKEN, program=each.program.key) from None
        if not isinstance(answer, Taken):
            raise DraftRefused(DraftFault.NOT_ALLOWED)
    decide_draft(number, state=DraftState.PUBLISHED, by=work.actor.key, at=work.now)
    return tuple(each.program for each in found)


def withdraw(work: UnitOfWork, *, number: int) -> None:
    """Take a draft back; whoever manages programs may. Raises DraftRefused."""
    _open(work, number)
    decide_draft(number, state=DraftState.WITHDRAWN, by=work.actor.key, at=work.now)


def _open(work: UnitOfWork, number: int) -> Draft:
    _refuse_others(work)
    draft = draft_in_hand(number)
    if draft is None or draft.state is not DraftState.OPEN:
        raise DraftRefused(DraftFault.NOT_OPEN)
    return draft


def _refuse_others(work: UnitOfWork) -> None:
    if work.actor.role is not Role.PROGRAM_MANAGER or work.actor.organization != work.organization:
        raise DraftRefused(DraftFault.NOT_ALLOWED)


def _drafter(organization: OrganizationKey) -> Drafter:
    kinds = kinds_of(organization)
    role = OrganizationKind.UTILITY if OrganizationKind.UTILITY in kinds else OrganizationKind.SUPPLIER
    with open_organization(organization) as opened:
        calendar = opened.calendar.key
    name = organization_names()[organization]
    return Drafter(organization=organization, role=role.value, name=name, calendar=calendar)


def _named(found: Sequence[Drafted]) -> str:
    return ", ".join(f"{each.program.key} v{each.program.version}" for each in found)

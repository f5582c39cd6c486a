"""Looks of the staff at personal data: only for a stated reason, and kept, before anything is shown, for the auditor.

A desk reads the answers and contacts of its own organization's cases; meter staff the address of an order, a crew
on the day of its visit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, LiteralString

from evenroll.enrollment.form import FormField
from evenroll.enrollment.papers import LookReason
from evenroll.enrollment.roles import METER_STAFF, Actor, Role
from evenroll.quantities.identifiers import CaseNumber, OrderNumber
from evenroll.records import queries, vault
from evenroll.records.case_answers import read_answers
from evenroll.records.looks import Look, note_look
from evenroll.records.organizations import Opened, cursor, open_organization
from evenroll.records.own_account import OwnAccount, own_account
from evenroll.records.personal_ref import PersonalRef
from evenroll.records.queries import NotForViewer, Viewer
from evenroll.records.tokens import TokenKind

LOOKERS: Final = frozenset({Role.ENROLLMENT_DESK, Role.SUPERVISOR, Role.BILLING, Role.AUDITOR})
"""Who may read the answers and contacts of a case, for a reason. A program manager needs none of them."""
ADDRESS_LOOKERS: Final = METER_STAFF | {Role.SUPERVISOR}
"""Who may read the address of a service order."""
READERS: Final = frozenset({Role.SUPERVISOR, Role.AUDITOR})
"""Who may read who looked."""
ANSWERS_READ: Final = "answers"
ADDRESS_READ: Final = "address"
"""What was looked at, as it is kept; the number of a call or letter follows after a stroke."""
PAGE_ROWS: Final = 50
_FAR: Final = 2**63 - 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Why:
    """The reason of a look. note: the number of a call or letter, or ""; never a text about a person."""

    reason: LookReason
    note: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class PersonalOfCase:
    """What the customer said, and what the books have. erased: the key is destroyed; then there is neither."""

    answers: Mapping[FormField, str] = field(default_factory=dict[FormField, str], repr=False)
    books: OwnAccount = field(default_factory=OwnAccount, repr=False)
    erased: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class AddressOfOrder:
    """Where the work is; "" where the books do not have it."""

    address: str = field(repr=False)
    postal_code: str = field(repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class LookHere:
    """One look that was kept. number: of the case it was about, with its place in the list; what: a code."""

    id: int
    number: CaseNumber
    look: Look


_LOOKS: LiteralString = (
    "SELECT id, case_number, what, reason, actor_key, role, looked_at FROM personal_look "
    "WHERE organization_id = %s AND id < %s ORDER BY id DESC LIMIT %s"
)
_PREMISE: LiteralString = (
    "SELECT location.personal, location.postal_code FROM usage_point AS point JOIN service_location AS location "
    "ON location.organization_id = point.organization_id AND location.id = point.location_id "
    "WHERE point.organization_id = %s AND point.pod = %s"
)


def look_at_case(actor: Actor, *, number: CaseNumber, why: Why) -> PersonalOfCase:
    """The personal answers and contacts of a case; the look is kept, or nothing is read. Raises NotForViewer."""
    _refuse_others(actor, LOOKERS)
    with open_organization(actor.organization) as opened:
        case = queries.case(_viewer(actor), number=number)
        erased = False
        try:
            answers = read_answers(case.answers)
        except vault.PersonalErased:
            answers, erased = dict[FormField, str](), True
        books = OwnAccount() if case.proof.customer is None else own_account(case.proof.customer)
        _note(opened, actor, number, what=ANSWERS_READ, why=why)
    return PersonalOfCase(answers=answers, books=books, erased=erased)


def look_at_address(actor: Actor, *, number: OrderNumber, why: Why, now: datetime) -> AddressOfOrder:
    """Where the work of a service order is; the look is kept, or nothing is read. now: the business clock.

    A crew reads it on the day of the visit. Raises NotForViewer.
    """
    _refuse_others(actor, ADDRESS_LOOKERS)
    with open_organization(actor.organization) as opened:
        today = opened.calendar.business_date(now)
        viewer = queries.Viewer(organization=actor.organization, role=actor.role, on=today)
        order = queries.order(viewer, number=number)
        with cursor() as pen:
            row = pen.execute(_PREMISE, (opened.id, order.pod)).fetchone()
        found = _address(row)
        _note(opened, actor, order.request.case, what=f"{ADDRESS_READ}/{number}", why=why)
    return found


def looks(viewer: Viewer, *, before: int | None = None, rows: int = PAGE_ROWS) -> Sequence[LookHere]:
    """Who looked at what and why, the latest first, those before a number. Raises NotForViewer."""
    if viewer.role not in READERS:
        raise NotForViewer(f"Your role {viewer.role.value} may not see who looked at personal data. Ask a supervisor.")
    with open_organization(viewer.organization) as opened, cursor() as pen:
        found = pen.execute(_LOOKS, (opened.id, _FAR if before is None else before, rows)).fetchall()
    return tuple(_look(row) for row in found)


def _refuse_others(actor: Actor, roles: frozenset[Role]) -> None:
    if actor.role not in roles:
        raise NotForViewer(f"Your role {actor.role.value} may not read personal data. Ask the enrollment desk.")


def _viewer(actor: Actor) -> Viewer:
    return Viewer(organization=actor.organization, role=actor.role)


def _address(row: tuple[Any, ...] | None) -> AddressOfOrder:
    kept = {} if row is None else vault.read(PersonalRef(row[0]))
    return AddressOfOrder(
        address=str(kept.get(TokenKind.SERVICE_ADDRESS.value, "")), postal_code="" if row is None else str(row[1])
    )


def _note(opened: Opened, actor: Actor, number: CaseNumber, *, what: str, why: Why) -> None:
    """Note the look in the transaction that reads."""
    code = f"{what}/{why.note}" if why.note else what
    note_look(number, what=code, reason=why.reason, by=actor, at=opened.wall_at)


def _look(row: tuple[Any, ...]) -> LookHere:
    own, number, what, reason, actor, role, at = row
    look = Look(what=what, reason=LookReason(reason), actor=actor, role=Role(role), looked_at=at)
    return LookHere(id=own, number=CaseNumber(number), look=look)

"""Signing in and out: what of a person a session keeps, codes and hashes only, and how it is asked again.

A session says who was there; what that one may see is asked of the books at each request.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from django.http import HttpRequest
from django.utils import timezone

from evenroll.accounts.browser_kind import browser_kind
from evenroll.accounts.customers import customer_people
from evenroll.accounts.sign_in_told import ToWhom, tell_new_way
from evenroll.accounts.staff_people import is_still, staff_people
from evenroll.accounts.wired import business_now
from evenroll.enrollment.form import Language
from evenroll.enrollment.roles import ROLES_OF, Role
from evenroll.pages.web_request import Person
from evenroll.quantities.identifiers import ActorKey, CustomerId, OrganizationKey
from evenroll.records.desk_claims import free_all
from evenroll.records.organizations import OrganizationUnknown, kinds_of, open_organization
from evenroll.records.web_sign_ins import Known, Way, begin, end_one, stands
from evenroll.records.web_subjects import end_sessions, epoch_of

NOBODY: Final = ActorKey("")
_KEPT = "person"


@dataclass(frozen=True, kw_only=True, slots=True)
class Proved:
    """Who has proved to be there, and as whom one can go on.

    subject: of `web_subjects`. contacts: tokens of the address of e-mail, by organization, of a customer. user: the
    key of one of the staff. only: the one organization for which it is proved, where it is not all. way: by what.
    address: that it was proved by, personal; "" where none was said.
    """

    subject: str
    people: Sequence[Person]
    contacts: Mapping[OrganizationKey, str]
    user: ActorKey = NOBODY
    only: OrganizationKey | None = None
    way: Way
    address: str = field(default="", repr=False)


def sign_in(request: HttpRequest, person: Person) -> None:
    """Keep who this is in a session of its own, in a demo: nothing of the one before is in it."""
    request.session.flush()
    request.session[_KEPT] = _kept(person)


def sign_in_proved(request: HttpRequest, proved: Proved) -> None:
    """Keep who this is, as the first of the people whom it can be. The session and its cookie are new.

    Who never signed in like this before is told so by mail, but for the very first time.
    """
    _end_entry(request)
    request.session.flush()
    browser = browser_kind(request)
    entry, known = begin(proved.subject, way=proved.way, browser=browser, at=timezone.now())
    request.session[_KEPT] = {
        **_kept(proved.people[0]),
        "subject": proved.subject,
        "epoch": epoch_of(proved.subject),
        "contacts": dict(proved.contacts),
        "user": proved.user,
        "only": proved.only,
        "entry": entry,
        "address": proved.address,
    }
    if known is Known.NEW:
        tell_new_way(told_to(request, proved.people[0]), way=proved.way, browser=browser)


def choose(request: HttpRequest, person: Person) -> None:
    """Go on as another of the people whom one can be, under a new cookie."""
    request.session[_KEPT] = {**request.session[_KEPT], **_kept(person)}
    request.session.cycle_key()


def sign_out(request: HttpRequest) -> None:
    """End the session, on the server too. Nobody works any more on what this person of the staff worked on."""
    _free_claims(request)
    _end_entry(request)
    request.session.flush()


def sign_out_everywhere(request: HttpRequest) -> None:
    """End every session of whoever is signed in, as `sign_out`."""
    _free_claims(request)
    subject = subject_of(request)
    if subject:
        end_sessions(subject)
    request.session.flush()


def _free_claims(request: HttpRequest) -> None:
    here = signed_in(request)
    there = choices(request) if user_of(request) else ()
    for each in {here, *there} - {None}:
        if each is not None and each.role is not Role.CUSTOMER:
            free_all(each.acts)


def subject_of(request: HttpRequest) -> str:
    """The subject of who is signed in; "" for somebody of a demo."""
    kept: Any = request.session.get(_KEPT)
    return str(kept.get("subject", "")) if isinstance(kept, dict) else ""


def entry_of(request: HttpRequest) -> str:
    """The number of this sign-in among those of its subject; "" for somebody of a demo."""
    kept: Any = request.session.get(_KEPT)
    return str(kept.get("entry", "")) if isinstance(kept, dict) else ""


def told_to(request: HttpRequest, person: Person) -> ToWhom:
    """Whom mails about this sign-in go to, in the language of the page."""
    language: Language = getattr(request, "language", Language.EN)
    return ToWhom(person=person, address=str(request.session[_KEPT].get("address", "")), language=language)


def _end_entry(request: HttpRequest) -> None:
    if entry_of(request):
        end_one(entry_of(request), subject=subject_of(request), at=timezone.now())


def contacts_of(request: HttpRequest) -> Mapping[OrganizationKey, str]:
    """The tokens of a customer's address, by organization; none for anybody else."""
    kept: Any = request.session.get(_KEPT)
    return kept.get("contacts", {}) if isinstance(kept, dict) else {}


def user_of(request: HttpRequest) -> ActorKey:
    """The key of one of the staff; NOBODY for anybody else."""
    kept: Any = request.session.get(_KEPT)
    return ActorKey(kept.get("user", "")) if isinstance(kept, dict) else NOBODY


def choices(request: HttpRequest) -> Sequence[Person]:
    """As whom the one who is signed in can go on, asked anew."""
    user = user_of(request)
    if not user:
        return customer_people(contacts_of(request))
    only = request.session[_KEPT].get("only")
    return tuple(each for each in staff_people(user) if only in (None, each.organization))


def signed_in(request: HttpRequest) -> Person | None:
    """Who is signed in; None for a stranger, and for one who is no longer what the session says."""
    kept: Any = request.session.get(_KEPT)
    if not isinstance(kept, dict):
        return None
    person = _person(kept)
    return person if person is not None and _stands(kept, person) else None


def _stands(kept: dict[str, Any], person: Person) -> bool:
    subject = kept.get("subject", "")
    if not subject:
        return True
    if not stands(subject, number=kept.get("entry", ""), epoch=kept["epoch"], at=timezone.now()):
        return False
    if person.role is not Role.CUSTOMER:
        return person.actor == kept["user"] and is_still(person)
    token = kept["contacts"].get(person.organization, "")
    return person in customer_people({person.organization: token})


def _kept(person: Person) -> dict[str, Any]:
    return {
        "organization": person.organization,
        "role": person.role.value,
        "actor": person.actor,
        "customer": person.customer,
    }


def _person(kept: dict[str, Any]) -> Person | None:
    organization, role = OrganizationKey(kept["organization"]), Role(kept["role"])
    try:
        kinds = kinds_of(organization)
    except OrganizationUnknown:
        return None
    customer = kept["customer"]
    held = role in frozenset[Role]().union(*(ROLES_OF[kind] for kind in kinds))
    if not (held or (role is Role.CUSTOMER and customer is not None)):
        return None
    return Person(
        organization=organization,
        kinds=kinds,
        role=role,
        actor=ActorKey(kept["actor"]),
        customer=None if customer is None else CustomerId(customer),
        on=_today(organization) if role is Role.METER_CREW else None,
    )


def _today(organization: OrganizationKey) -> date:
    with open_organization(organization) as opened:
        return opened.calendar.business_date(business_now())

"""As whom somebody can go on: each way with its words, and the page on which it begins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from evenroll.enrollment.roles import Role
from evenroll.pages.web_request import PageRequest, Person
from evenroll.pages.web_said import said
from evenroll.records import queries
from evenroll.records.organizations import organization_names


@dataclass(frozen=True, kw_only=True, slots=True)
class Way:
    """One way to go on. key: what the form sends."""

    key: str
    title: str
    note: str
    is_current: bool


def ways_of(request: PageRequest, people: Sequence[Person]) -> Sequence[Way]:
    """The ways of these people, in their order."""
    names = organization_names()
    return tuple(
        Way(
            key=key_of(each),
            title=names[each.organization],
            note=_note(request, each),
            is_current=each == request.person,
        )
        for each in people
    )


def key_of(person: Person) -> str:
    """By which a way is told from the others of the same one."""
    return f"{person.organization}/{person.actor}/{person.role.value}"


def start_of(person: Person) -> str:
    """The name of the page on which somebody begins."""
    return "find-case" if person.role is Role.CUSTOMER else "desk-start"


def next_of(people: Sequence[Person]) -> str:
    """The name of the page after a sign-in: where to go on, for who can go on in several places."""
    return "sign-in-choose" if len(people) > 1 else start_of(people[0])


def _note(request: PageRequest, person: Person) -> str:
    if person.role is not Role.CUSTOMER:
        return said(request, person.role)
    numbers = queries.cases(person.viewer, limit=3)
    return said(request, "sign_in.choose_cases", cases=", ".join(numbers))

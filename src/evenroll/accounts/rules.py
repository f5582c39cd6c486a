"""Which page is for whom: each address is given with its rule, and without one it is for nobody."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

from django.http import HttpResponse
from django.urls import URLPattern, URLResolver, path

from evenroll.enrollment.roles import ROLES_OF, OrganizationKind, Role
from evenroll.pages.web_request import Person

_ALL_STAFF = frozenset[Role]().union(*ROLES_OF.values())
_ALL_KINDS = frozenset(OrganizationKind)


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """Who may open a page. roles: of the staff, in organizations of one of these kinds."""

    strangers: bool = False
    customers: bool = False
    roles: frozenset[Role] = field(default_factory=frozenset[Role])
    kinds: frozenset[OrganizationKind] = _ALL_KINDS

    def admits(self, person: Person | None) -> bool:
        """Whether this person, or a stranger, may open it."""
        if person is None:
            return self.strangers
        if person.role is Role.CUSTOMER:
            return self.customers and person.customer is not None
        return person.role in self.roles and not self.kinds.isdisjoint(person.kinds)


ANYBODY = Rule(strangers=True, customers=True, roles=_ALL_STAFF)
SIGNED_IN = Rule(customers=True, roles=_ALL_STAFF)
CUSTOMERS = Rule(customers=True)
PORTAL = Rule(strangers=True, customers=True)
"""Strangers and customers: what one does before and after signing in."""
ALL_STAFF = Rule(roles=_ALL_STAFF)


def staff(*roles: Role, kinds: frozenset[OrganizationKind] = _ALL_KINDS) -> Rule:
    """The rule for these roles of the staff, in organizations of these kinds."""
    return Rule(roles=frozenset(roles), kinds=kinds)


@dataclass(frozen=True, kw_only=True, slots=True)
class RuledPage:
    """A row of the table of pages. rule: None for an address that was given none, which nobody can open."""

    name: str
    route: str
    rule: Rule | None


def page(route: str, view: Callable[..., HttpResponse], *, name: str, who: Rule) -> URLPattern:
    """An address of a view, with the rule that the gate asks before it."""

    @wraps(view)
    def ruled(*given: Any, **named: Any) -> HttpResponse:
        return view(*given, **named)

    ruled.__dict__["rule"] = who
    return path(route, ruled, name=name)


def rule_of(view: Callable[..., Any]) -> Rule | None:
    """The rule of a view that was given an address by `page`; None for any other."""
    return getattr(view, "rule", None)


def pages_of(patterns: Sequence[URLPattern | URLResolver], *, before: str = "") -> Iterator[RuledPage]:
    """The table of pages: each address beneath these patterns."""
    for each in patterns:
        route = f"{before}{each.pattern}"
        if isinstance(each, URLResolver):
            beneath: Any = each.url_patterns
            yield from pages_of(beneath, before=route)
        else:
            yield RuledPage(name=each.name or "", route=route, rule=rule_of(each.callback))

"""The ways on the desk that are open to who is signed in, shown above every page of it."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import resolve, reverse

from evenroll.accounts.rules import rule_of
from evenroll.pages.web_request import PageRequest

_WAYS = {
    "desk-search": "desk.search",
    "desk-registry": "registry.title",
    "desk-switches": "registry.requests",
    "desk-programs": "office.title",
    "desk-reports": "desk.reports",
    "desk-looks": "personal.looks",
    "desk-taken": "taken.title",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Way:
    """A page of the desk. text: a key of the catalog."""

    href: str
    text: str
    is_search: bool


def desk_page(request: PageRequest, template: str, context: dict[str, object], *, status: int = 200) -> HttpResponse:
    """A page of the desk, with its ways."""
    return render(request, template, {**context, "ways": _ways(request)}, status=status)


def _ways(request: PageRequest) -> list[Way]:
    """Those whose rule lets this person in."""
    ways = [Way(href=reverse(name), text=text, is_search=name == "desk-search") for name, text in _WAYS.items()]
    rules = ((each, rule_of(resolve(each.href).func)) for each in ways)
    return [each for each, rule in rules if rule is not None and rule.admits(request.person)]

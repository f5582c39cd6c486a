"""Every page for every role in every kind of organization, by GET and by POST, through HTTP: as its rule says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import wraps
from typing import Any

import pytest
from django.urls import path

from evenroll.accounts.rules import CUSTOMERS, PORTAL, RuledPage, page, pages_of, staff
from evenroll.enrollment.roles import OrganizationKind, Role
from evenroll.pages.web_static import asset
from evenroll.runtime.database import DatabaseUrls
from tests.territory import new_territory
from tests.web.browsing import ready
from tests.web.matrix import (
    ABSENT,
    METHODS,
    AddressUnknown,
    Asker,
    Planted,
    address_of,
    askers,
    has_parameters,
    planted_in,
    with_two_kinds,
    without_chance,
)

REACHED = "the view was reached"
FURTHER = {
    "for-portal": PORTAL,
    "for-customers": CUSTOMERS,
    "for-one-kind": staff(Role.SUPERVISOR, Role.BILLING, kinds=frozenset({OrganizationKind.SUPPLIER})),
    "for-one-role": staff(Role.REGISTRY_OPERATOR),
}
"""Rules that are always in the matrix, whichever pages the web has."""
NOT_FOUND, FORBIDDEN, BROKEN = 404, 403, 500


@pytest.fixture(scope="module")
def planted(django_ready: DatabaseUrls) -> Planted:
    ready(demo=True)
    territory = new_territory()
    found = planted_in(territory)
    return replace(found, territory=replace(territory, more=(with_two_kinds(territory),)))


@pytest.fixture
def open_views(demo_web: None) -> Iterator[None]:
    """Every view stands open and does nothing, so that only the gate is in the way."""
    from django.urls import clear_url_caches

    from evenroll.runtime import web_urls_demo

    addresses = web_urls_demo.urlpatterns
    kept = list(addresses)
    addresses += [page(f"planted/{name}", asset, name=name, who=rule) for name, rule in FURTHER.items()]
    addresses.append(path("planted/without", asset, name="without-rule"))
    patterns = list(_patterns(addresses))
    views = [each.callback for each in patterns]
    for each in patterns:
        each.callback = _open(each.callback)
    clear_url_caches()
    yield
    for each, view in zip(patterns, views, strict=True):
        each.callback = view
    addresses[:] = kept
    clear_url_caches()


def test_every_page_has_an_address_that_can_be_asked(demo_web: None, planted: Planted) -> None:
    for each in table():
        assert address_of(each, planted, None).startswith("/")


def test_a_page_with_an_unknown_parameter_is_named(demo_web: None, planted: Planted) -> None:
    unknown = RuledPage(name="new-page", route="new/<str:never_heard_of>", rule=None)
    with pytest.raises(AddressUnknown, match="new-page has the parameter never_heard_of"):
        address_of(unknown, planted, None)


@pytest.mark.parametrize("method", METHODS)
def test_a_page_is_reached_by_those_whom_its_rule_names(open_views: None, planted: Planted, method: str) -> None:
    """For all others its answer is that of a page that is not there, in status, headers and bytes."""
    wrong: list[str] = []
    for asker in askers(planted):
        asked = asker.browser(checks_forms=False)
        absent = without_chance(getattr(asked, method)(ABSENT))
        assert absent[0] == NOT_FOUND
        for each in table():
            answer = getattr(asked, method)(address_of(each, planted, asker.person))
            if each.rule is not None and asker.is_let_in(each.rule):
                kept = answer.content.decode() == REACHED
            else:
                kept = without_chance(answer) == absent
            if not kept:
                wrong.append(f"{method} {each.name} by {asker.name}: {answer.status_code}")
    assert wrong == []


def test_a_form_without_the_sign_of_this_site_reaches_no_view(open_views: None, planted: Planted) -> None:
    """Also sent as another kind of content, with a sign of another's or in a method that says POST elsewhere."""
    wrong: list[str] = []
    for asker in _of_interest(planted):
        asked = asker.browser(checks_forms=True)
        for each in table():
            if each.rule is None or not asker.is_let_in(each.rule):
                continue
            address = address_of(each, planted, asker.person)
            answers = [
                asked.post(address),
                asked.post(address, {"csrfmiddlewaretoken": "x" * 64}),
                asked.post(address, '{"a": 1}', content_type="text/plain"),
                asked.post(address, headers={"X-CSRFToken": "y" * 32}),
                asked.post(address, headers={"X-HTTP-Method-Override": "GET"}),
                asked.put(address),
                asked.patch(address),
                asked.delete(address),
            ]
            codes = [answer.status_code for answer in answers]
            if set(codes) != {FORBIDDEN}:
                wrong.append(f"{each.name} by {asker.name}: {codes}")
    assert wrong == []


def test_whoever_is_let_in_is_shown_a_page(demo_web: None, planted: Planted) -> None:
    """A page without parameters is there for all whom its rule names; one with them breaks for nobody."""
    wrong: list[str] = []
    for asker in askers(planted):
        asked = asker.browser(checks_forms=True)
        for each in table():
            if each.rule is None or not asker.is_let_in(each.rule):
                continue
            answer = asked.get(address_of(each, planted, asker.person))
            hidden = answer.status_code == NOT_FOUND and not has_parameters(each)
            if hidden or answer.status_code >= BROKEN:
                wrong.append(f"{each.name} by {asker.name}: {answer.status_code}")
    assert wrong == []


def table() -> list[RuledPage]:
    from evenroll.runtime import web_urls_demo

    return list(pages_of(web_urls_demo.urlpatterns))


def _of_interest(planted: Planted) -> Iterator[Asker]:
    return (each for each in askers(planted) if each.is_held)


def _patterns(patterns: Any) -> Iterator[Any]:
    for each in patterns:
        if hasattr(each, "url_patterns"):
            yield from _patterns(each.url_patterns)
        else:
            yield each


def _open(view: Any) -> Any:
    @wraps(view)
    def opened(*_given: Any, **_named: Any) -> Any:
        from django.http import HttpResponse

        return HttpResponse(REACHED)

    return opened

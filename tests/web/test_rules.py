"""Every address of the web has a rule, and only those whom it names come through."""

from __future__ import annotations

import pytest

from evenroll.enrollment.roles import ROLES_OF, OrganizationKind, Role
from evenroll.pages.web_request import Person
from evenroll.quantities.identifiers import ActorKey, CustomerId, OrganizationKey

OPEN_TO_STRANGERS = {
    "asset",
    "look",
    "program-equipment",
    "program-hours",
    "program-settings",
    "demo-people",
    "enroll-check",
    "enroll-code",
    "enroll-done",
    "enroll-holder",
    "enroll-later",
    "enroll-letter",
    "enroll-mail",
    "enroll-link",
    "enroll-program",
    "enroll-question",
    "enroll-sent",
    "enroll-sent-correct",
    "enroll-sent-papers",
    "enroll-sent-withdraw",
    "enroll-start",
    "enroll-task-list",
    "find-billing",
    "find-case",
    "find-charging",
    "find-chosen",
    "find-costs",
    "find-data",
    "find-program",
    "find-mail",
    "find-saved",
    "find-vehicle",
    "mail-not-me",
    "mail-stop",
    "portal-start",
    "sign-in",
    "sign-in-code",
    "sign-in-invited",
    "sign-in-passkey",
    "sign-in-from",
    "sign-in-staff",
    "sign-in-with",
    "sign-out",
    "this-browser",
}
"""Who lets strangers in on a further page says so here."""


def person(role: Role, *kinds: OrganizationKind) -> Person:
    customer = CustomerId(1) if role is Role.CUSTOMER else None
    return Person(
        organization=OrganizationKey("x"), kinds=frozenset(kinds), role=role, actor=ActorKey("x"), customer=customer
    )


def test_every_address_has_a_name_and_a_rule(demo_web: None) -> None:
    from evenroll.accounts.rules import pages_of
    from evenroll.runtime import web_urls_demo

    found = list(pages_of(web_urls_demo.urlpatterns))
    assert len(found) > 4
    assert [each.route for each in found if each.rule is None or not each.name] == []
    assert len({each.name for each in found}) == len(found)
    assert {each.name for each in found if each.rule and each.rule.admits(None)} == OPEN_TO_STRANGERS


def test_being_somebody_is_of_demos_only(web: None) -> None:
    from evenroll.accounts.rules import pages_of
    from evenroll.runtime import web_urls

    assert [each.name for each in pages_of(web_urls.urlpatterns) if each.name.startswith("demo")] == []


def test_an_address_without_a_rule_is_for_nobody(web: None) -> None:
    from django.http import HttpRequest, HttpResponse
    from django.urls import path

    from evenroll.accounts.rules import pages_of

    def planted(_request: HttpRequest) -> HttpResponse:
        return HttpResponse("open")

    assert [each.rule for each in pages_of([path("planted", planted, name="planted")])] == [None]


@pytest.mark.parametrize("kind", OrganizationKind)
@pytest.mark.parametrize("role", Role)
def test_a_rule_admits_whom_it_names(web: None, role: Role, kind: OrganizationKind) -> None:
    from evenroll.accounts.rules import ALL_STAFF, ANYBODY, CUSTOMERS, staff

    asked = person(role, kind)
    is_staff = any(role in roles for roles in ROLES_OF.values())
    meter = staff(Role.METER_CREW, kinds=frozenset({OrganizationKind.UTILITY}))
    assert ALL_STAFF.admits(asked) is is_staff
    assert CUSTOMERS.admits(asked) is (role is Role.CUSTOMER)
    assert meter.admits(asked) is (role is Role.METER_CREW and kind is OrganizationKind.UTILITY)
    assert ANYBODY.admits(asked) is (is_staff or role is Role.CUSTOMER)
    assert not ALL_STAFF.admits(None)


def test_the_gate_lets_nobody_through_to_a_view_without_a_rule(web: None) -> None:
    from django.http import HttpRequest, HttpResponse
    from django.test import RequestFactory

    from evenroll.accounts.gate import Gate

    def planted(_request: HttpRequest) -> HttpResponse:
        return HttpResponse("open")

    request = RequestFactory().get("/planted")
    request.__dict__["person"] = None
    answer = Gate(planted).process_view(request, planted, (), {})
    assert answer is not None
    assert answer.status_code == 404

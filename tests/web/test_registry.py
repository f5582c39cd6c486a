"""The pages of a registry's operator: who serves which usage point, requests about it, and nothing of any person."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

from evenroll.accounts.wired import business_now
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.form import Language
from evenroll.enrollment.roles import Role
from evenroll.enrollment.tracks import State
from evenroll.pages.texts import render
from evenroll.programs.program import MeterCapability
from evenroll.programs.reject_codes import RejectCode
from evenroll.quantities.calendars import calendar
from evenroll.quantities.identifiers import CaseNumber
from tests.meter_work import at
from tests.statements import counted_traffic
from tests.territory import NOW, Territory, days, new_territory, winning_program
from tests.territory_books import Premise
from tests.web.browsing import signed_in_as, staff_of, token_in

FIRST_READ = date(2026, 11, 12)
_HIDDEN = re.compile(r'name="(seen|key)" value="([^"]*)"')


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A territory in which a supplier asked the registry for a usage point."""

    territory: Territory
    premise: Premise
    case: CaseNumber
    number: str


def asked_for(territory: Territory) -> Asked:
    """A switch that the registry accepted and that is still ahead."""
    premise = territory.premise(capability=MeterCapability.INTERVAL, registers=("night", "day"))
    case = territory.apply(premise, at=territory.esco, program=winning_program(territory))
    territory.run_through(at(FIRST_READ) - days(1))
    switch = territory.case(territory.esco, case).switch
    assert switch is not None
    return Asked(territory=territory, premise=premise, case=case, number=switch.tracking)


@pytest.fixture(scope="module")
def asked(django_ready: object) -> Asked:
    return asked_for(new_territory())


def operator_of(territory: Territory) -> Any:
    return signed_in_as(staff_of(territory.registry, Role.REGISTRY_OPERATOR))


def page_of(browser: Any, address: str, status: int = 200) -> str:
    answer = browser.get(address)
    assert answer.status_code == status, answer.content.decode()
    return answer.content.decode()


def in_english(code: object) -> str:
    return render(code, language=Language.EN)  # pyright: ignore[reportArgumentType]


def test_the_operator_finds_who_serves_a_usage_point(web: None, asked: Asked) -> None:
    territory, pod = asked.territory, asked.premise.pod
    operator = operator_of(territory)
    other = territory.premise(supplier=territory.esco)
    for query, found, left_out in (
        (f"pod={pod}", pod, other.pod),
        ("supplier=-", pod, other.pod),
        (f"supplier={territory.esco}", other.pod, pod),
        (f"utility={territory.utility}&pod={pod}", pod, other.pod),
    ):
        shown = page_of(operator, f"/desk/registry/?{query}")
        assert f"/desk/registry/point/{found}/" in shown, query
        assert left_out not in shown.replace(f'value="{left_out}"', ""), query
    point = page_of(operator, f"/desk/registry/point/{pod}/")
    assert in_english("registry.periods") in point and asked.number in point
    page_of(operator, "/desk/registry/point/NOBODYS/", status=404)


def test_a_pending_switch_tells_what_is_owed_until_when(web: None, asked: Asked) -> None:
    operator = operator_of(asked.territory)
    listed = page_of(operator, "/desk/switches/")
    assert asked.number in listed and in_english(State.ACCEPTED) in listed
    shown = page_of(operator, f"/desk/switches/{asked.number}/")
    assert "changes hands" in shown
    assert 'href="do/reject_supply/"' in shown and "do/judge_supply/" not in shown
    assert asked.number not in page_of(operator, "/desk/switches/?which=over")
    page_of(operator, "/desk/switches/TR-NOBODY/", status=404)
    page_of(operator, f"/desk/switches/{asked.number}/do/withdraw/", status=404)


def test_a_rejection_needs_a_code_and_names_what_mends_it(web: None) -> None:
    asked = asked_for(new_territory())
    operator = operator_of(asked.territory)
    address = f"/desk/switches/{asked.number}/do/reject_supply/"
    form = page_of(operator, address)
    said = {"csrfmiddlewaretoken": token_in(form), **dict(_HIDDEN.findall(form))}
    refused = operator.post(address, said)
    assert refused.status_code == 200
    assert in_english("registry.reject_required") in refused.content.decode()
    done = operator.post(address, {**said, "codes": ["A03", "A13"]})
    assert (done.status_code, done["Location"]) == (302, f"/desk/switches/{asked.number}/?done=reject_supply")
    shown = page_of(operator, done["Location"])
    for code in (RejectCode.METER_ADDRESS_WRONG, RejectCode.OTHER):
        assert in_english(code) in shown
    assert in_english(CommandName.REJECT_SUPPLY) in shown
    assert asked.number in page_of(operator, "/desk/switches/?which=over")
    # Sent twice it has its effect once.
    assert operator.post(address, {**said, "codes": ["A03", "A13"]}).status_code == 302


def test_a_block_and_another_supplier_are_entered(web: None, asked: Asked) -> None:
    territory = asked.territory
    premise = territory.premise(supplier=territory.esco)
    operator = operator_of(territory)
    point = f"/desk/registry/point/{premise.pod}/"
    for tells, status in (("block", "blocked"), ("unblock", "active")):
        said = {"csrfmiddlewaretoken": token_in(page_of(operator, f"{point}do/{tells}/"))}
        assert operator.post(f"{point}do/{tells}/", said)["Location"] == f"{point}?done=1"
        assert in_english(f"registry.status_{status}") in page_of(operator, point)
    drop = page_of(operator, f"{point}do/drop/")
    today = calendar("US-LAKELAND").business_date(business_now())
    said = {"csrfmiddlewaretoken": token_in(drop), "to": "", "lost_on": today.isoformat()}
    assert in_english("web.error_required") in operator.post(f"{point}do/drop/", said).content.decode()
    ahead = {**said, "reason": "other_supplier", "lost_on": "2999-01-01"}
    assert operator.post(f"{point}do/drop/", ahead).status_code == 409
    assert operator.post(f"{point}do/drop/", {**said, "reason": "other_supplier"}).status_code == 302
    assert in_english("registry.default_service") in page_of(operator, point)
    page_of(operator, f"{point}do/forget/", status=404)


def test_a_supplier_leaves_only_after_it_was_seen_whom_that_concerns(web: None) -> None:
    territory = new_territory()
    premise = territory.premise(supplier=territory.esco)
    operator = operator_of(territory)
    said = {"csrfmiddlewaretoken": token_in(page_of(operator, "/desk/registry/leave/")), "supplier": territory.esco}
    looked = operator.post("/desk/registry/leave/", said).content.decode()
    assert 'name="confirmed" value="1"' in looked
    assert operator.post("/desk/registry/leave/", {**said, "confirmed": "7"}).status_code == 409
    assert in_english("registry.default_service") not in facts_of(operator, premise)
    assert operator.post("/desk/registry/leave/", {**said, "confirmed": "1"}).status_code == 302
    assert in_english("registry.default_service") in facts_of(operator, premise)


def facts_of(operator: Any, premise: Premise) -> str:
    return page_of(operator, f"/desk/registry/point/{premise.pod}/").partition("</dl>")[0]


def pages_of_operator(asked: Asked) -> Iterator[str]:
    point, switch = f"/desk/registry/point/{asked.premise.pod}/", f"/desk/switches/{asked.number}/"
    yield from ("/desk/", "/desk/?scope=all", "/desk/registry/", "/desk/registry/leave/", "/desk/switches/")
    yield from ("/desk/switches/?which=over", point, switch, f"{switch}do/reject_supply/", f"{switch}do/judge_supply/")
    yield from (f"{point}do/{each}/" for each in ("block", "unblock", "drop"))


@pytest.mark.parametrize("language", Language)
def test_no_byte_of_the_operator_s_pages_is_of_a_person(web: None, asked: Asked, language: Language) -> None:
    """Name, address, account, bill, mail and VIN of who applied are on none of them; nor the customer's number."""
    operator = operator_of(asked.territory)
    operator.get(f"/desk/?lang={language.value}")
    premise, looked = asked.premise, 0
    told = {premise.name, *premise.name.split(), premise.account_number, premise.address, premise.last_bill}
    told |= {"someone@example.test", premise.vin, premise.vin[-6:]}
    for address in pages_of_operator(asked):
        shown = page_of(operator, address)
        main = shown.partition("<main")[2]
        assert main
        assert [each for each in told if each in main] == [], address
        looked += asked.premise.pod in main
    assert looked > 3


def test_only_the_operator_of_a_registry_looks_into_it(web: None, asked: Asked) -> None:
    from evenroll.records.queries import NotForViewer, Viewer
    from evenroll.records.registry_looked import SwitchesAsked, periods, switches

    territory = asked.territory
    for role in (each for each in Role if each is not Role.REGISTRY_OPERATOR):
        viewer = Viewer(organization=territory.registry, role=role)
        with pytest.raises(NotForViewer):
            switches(viewer, asked=SwitchesAsked())
        with pytest.raises(NotForViewer):
            periods(viewer, pod=asked.premise.pod)


def test_a_page_of_the_registry_takes_the_same_statements_however_much_it_holds(web: None) -> None:
    territory = new_territory()
    operator = operator_of(territory)
    counts: list[int] = []
    for _ in range(2):
        territory.premise()
        asked = asked_for(territory)
        for address in ("/desk/registry/", "/desk/switches/", f"/desk/registry/point/{asked.premise.pod}/"):
            page_of(operator, address)
            with counted_traffic() as traffic:
                page_of(operator, address)
            counts.append(traffic.statements)
    assert counts[:3] == counts[3:]
    assert max(counts) <= 12


def test_pages_of_the_registry_follow_each_other_by_key(web: None) -> None:
    from evenroll.records.queries import Viewer
    from evenroll.records.registry_looked import PointsAsked, SwitchesAsked, points, switches

    territory = new_territory()
    pods = sorted(territory.premise().pod for _ in range(5))
    viewer = Viewer(organization=territory.registry, role=Role.REGISTRY_OPERATOR)
    seen: list[str] = []
    while True:
        found = points(viewer, asked=PointsAsked(after=seen[-1] if seen else ""), on=NOW.date(), rows=2)
        seen += [each.pod for each in found.rows]
        if not found.more:
            break
    assert seen == pods
    numbers = {asked_for(territory).number for _ in range(3)}
    first = switches(viewer, asked=SwitchesAsked(), rows=2)
    last = first.rows[-1]
    rest = switches(viewer, asked=SwitchesAsked(due_at=last.due_at, after=last.id), rows=2)
    assert first.more and not rest.more
    assert {each.number for each in (*first.rows, *rest.rows)} == numbers
    assert [each.due_at for each in first.rows] == sorted(each.due_at for each in first.rows if each.due_at)

"""The registry's operator and the supervisor at the terminal: exit, drop, block; parked messages put away."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from evenroll.enrollment.roles import Role
from evenroll.enrollment.tracks import State
from evenroll.programs.program import Track
from evenroll.runtime.cli_exit import ExitCode
from evenroll.runtime.database import DatabaseUrls
from tests.meter_work import at
from tests.runtime.line import Said, line
from tests.territory import NOW, Territory, days, new_territory
from tests.worker.test_driver import send
from tests.worker.test_supply_switch import FIRST_READ, Market, at_home, new_market


@pytest.fixture
def say(django_ready: DatabaseUrls, embedded_home: Path, tmp_path: Path) -> Any:
    def said(*arguments: str) -> Said:
        return line(django_ready, embedded_home, *arguments, "--json", folder=tmp_path)

    return said


def test_a_supplier_s_exit_is_shown_before_it_is_made(say: Any) -> None:
    territory = new_territory()
    premise = territory.premise(supplier=territory.esco)
    number = territory.apply(premise, at=territory.esco, program=territory.supply)
    territory.run()
    registry = ("--organization", territory.registry)
    territory.admit(territory.registry, Role.REGISTRY_OPERATOR)
    shown = say("supply", "exit", territory.esco, "--dry-run", *registry)
    assert shown.code == ExitCode.OK and shown.told["events"] == [premise.pod], shown.err
    assert not territory.case(territory.esco, number).is_ended
    stranger = say("supply", "exit", "nobody-at-all", "--dry-run", *registry)
    assert stranger.code == ExitCode.REFUSED and "nobody-at-all is no supplier" in stranger.err
    assert stranger.told["error"] == "supplier_unknown"
    itself = say("supply", "exit", territory.esco, "--to", territory.esco, *registry)
    assert itself.code == ExitCode.REFUSED and "can take nobody over" in itself.err
    billing = say("supply", "exit", territory.esco, "--as", "billing", *registry)
    assert billing.code == ExitCode.REFUSED and billing.told["error"] == "not_allowed"
    assert not territory.case(territory.esco, number).is_ended
    done = say("supply", "exit", territory.esco, *registry)
    assert done.code == ExitCode.OK and done.told["events"] == ["supply_changed"], done.err
    assert territory.case(territory.esco, number).is_ended


def test_a_block_rejects_what_is_open_and_an_unblock_lets_it_be_asked(say: Any) -> None:
    market: Market = new_market()
    premise = at_home(market)
    number = market.sold(premise)
    market.run_to(FIRST_READ - days(2))
    assert market.supply_of(number) is State.ACCEPTED
    registry = ("--organization", market.territory.registry)
    market.territory.admit(market.territory.registry, Role.REGISTRY_OPERATOR)
    blocked = say("supply", "block", premise.pod, *registry)
    assert blocked.code == ExitCode.OK and blocked.told["state"] == "blocked", blocked.err
    assert say("supply", "block", premise.pod, *registry).told["state"] == "unchanged"
    market.territory.run(at(FIRST_READ - days(1)))
    assert market.case(number).state_of(Track.SUPPLY) is not State.ACCEPTED and market.case(number).is_ended
    assert say("supply", "unblock", premise.pod, *registry).told["state"] == "active"
    unknown = say("supply", "block", "POD-NOWHERE", *registry)
    assert unknown.code == ExitCode.REFUSED and "POD-NOWHERE is not in this registry" in unknown.err


def test_a_customer_goes_to_another_supplier(say: Any) -> None:
    territory: Territory = new_territory()
    premise = territory.premise(supplier=territory.esco)
    number = territory.apply(premise, at=territory.esco, program=territory.supply)
    territory.run()
    registry = ("--organization", territory.registry)
    territory.admit(territory.registry, Role.REGISTRY_OPERATOR)
    ahead = say("supply", "drop", premise.pod, "--on", "2031-01-01", *registry)
    assert ahead.code == ExitCode.REFUSED and "still to come" in ahead.err
    assert say("supply", "drop", premise.pod, "--on", "soon", *registry).code == ExitCode.WRONG_USE
    done = say("supply", "drop", premise.pod, *registry)
    assert done.code == ExitCode.OK and done.told["state"] == "lost", done.err
    assert territory.case(territory.esco, number).is_ended


def test_a_parked_message_is_put_away_by_a_supervisor_and_told_by_whom(say: Any) -> None:
    from evenroll.enrollment.messages import CancelAnswered, CancelResult
    from evenroll.quantities.identifiers import OrderNumber

    territory = new_territory()
    send(territory, CancelAnswered(order=OrderNumber("SO-1"), result=CancelResult.CANCELLED), conversation="EV-UNKNOWN")
    territory.run(NOW)
    here = ("--organization", territory.utility)
    territory.admit(territory.utility, Role.SUPERVISOR)
    territory.admit(territory.utility, Role.SUPERVISOR, key="desk-7")
    [parked] = say("parked", "list", *here).told["parked"]
    tried = say("parked", "retry", parked["message"])
    assert [each["outcome"] for each in tried.told["retried"]] == ["parked"]
    desk = say("parked", "drop", parked["message"], "--reason", "obsolete", "--as", "enrollment_desk", *here)
    assert desk.code == ExitCode.REFUSED and "it is for registry_operator, supervisor" in desk.err
    assert desk.told["error"] == "not_allowed"
    gone = say("parked", "drop", parked["message"], "--reason", "obsolete", "--actor", "desk-7", *here)
    assert gone.code == ExitCode.OK and gone.told["dropped"] == [{"organization": territory.utility, "box": "inbox"}]
    assert say("parked", "list", *here).told["parked"] == []
    [told] = say("parked", "list", "--dropped", *here).told["dropped"]
    assert (told["by"], told["parked"], told["reason"]) == ("desk-7", "case_unknown", "obsolete")
    again = say("parked", "drop", parked["message"], "--reason", "obsolete", *here)
    assert again.code == ExitCode.NOT_FOUND and "evenroll parked list" in again.err

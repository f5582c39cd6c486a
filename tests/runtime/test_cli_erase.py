"""Erasing at the terminal: by case or customer, refused by name, held, listed; what was erased is shown as that."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evenroll.enrollment.case_commands import NoPayload
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.form import FormField
from evenroll.enrollment.roles import Role
from evenroll.programs.program import MeterCapability
from evenroll.quantities.identifiers import CaseNumber
from evenroll.runtime.database import DatabaseUrls
from tests.runtime.line import Said, line, started
from tests.territory import NIGHT_RATE, Territory, new_territory
from tests.territory_books import Premise
from tests.waiting import until_somebody_waits
from tests.worker.test_erasing import close_account, draft

ANA = "terminal/ana"


@pytest.fixture
def territory(django_ready: object) -> Territory:
    made = new_territory()
    made.admit(made.utility, Role.SUPERVISOR, key=ANA)
    return made


@pytest.fixture
def ready(territory: Territory) -> Premise:
    return territory.premise(registers=NIGHT_RATE, capability=MeterCapability.PERIOD_REGISTERS)


def test_a_case_is_held_erased_and_shown_as_erased(
    territory: Territory, ready: Premise, django_ready: DatabaseUrls, embedded_home: Path, tmp_path: Path
) -> None:
    def said(*arguments: str) -> Said:
        return line(django_ready, embedded_home, *arguments, folder=tmp_path)

    number = draft(territory, dict(ready.answers()))
    mine = ("--actor", ANA, "--organization", territory.utility)
    stranger = said("erase", number, "--organization", territory.utility, "--actor", "terminal/bob")
    assert stranger.code == 1
    assert "no supervisor" in stranger.err
    early = said("erase", number, *mine, "--json")
    assert early.code == 1
    assert early.told["error"] == "application_open"
    territory.taken(territory.give(territory.utility, CommandName.WITHDRAW, number, NoPayload(), role=Role.CUSTOMER))
    assert said("hold", "set", number, "--cause", "regulator", *mine).code == 0
    held = said("retention", "--organization", territory.utility, "--json").told["kept"]
    assert [(each["case"], each["kept_as"], each["on_hold"]) for each in held] == [(number, "draft_left", True)]
    assert "an order of the regulator" in said("erase", number, *mine).err
    assert "an order of the regulator" in said("case", number).out
    assert said("hold", "lift", number, "--cause", "regulator", *mine).code == 0
    assert said("retention", "--due", "--organization", territory.utility, "--json").told["kept"] == []
    done = said("erase", number, *mine, "--json")
    assert done.code == 0, done.err
    (erased,) = done.told["erased"]
    assert (erased["subject"], erased["keys"], erased["days_promised"]) == (f"case/{number}", 1, 30)
    shown = said("case", number)
    assert shown.code == 0
    assert "personal data were erased" in shown.out
    assert said("case", number, "--json").told["erased_on"]
    assert said("queue", "--organization", territory.utility).code == 0
    assert said("act", number).code == 0
    proof = said("journal", "prove", number, "--out", "proof.json")
    assert proof.code == 0
    assert (
        erased["hash"] in (tmp_path / "proof.json").read_text()
        or "data_erased" in (tmp_path / "proof.json").read_text()
    )
    again = said("erase", number, *mine)
    assert again.code == 1
    assert "were erased on" in again.err


def test_a_customer_is_erased_by_number_with_all_cases(
    territory: Territory, ready: Premise, django_ready: DatabaseUrls, embedded_home: Path, tmp_path: Path
) -> None:
    def said(*arguments: str) -> Said:
        return line(django_ready, embedded_home, *arguments, folder=tmp_path)

    mine = ("--actor", ANA, "--organization", territory.utility, "--json")
    served = said("erase", str(ready.customer), *mine)
    assert served.told["error"] == "account_open"
    close_account(territory, ready, on=territory.form().signed_on)
    done = said("erase", str(ready.customer), "--asked-on", "2026-10-01", *mine)
    assert done.code == 0, done.err
    assert done.told["erased"][0]["subject"] == f"customer/{ready.customer}"
    assert done.told["erased"][0]["days"] > 30
    # The number in the books is all that it tells of a person.
    assert not [text for text in ready.answers().values() if len(text) > 4 and text in done.out]
    assert said("erase", str(ready.customer), *mine).told["error"] == "already_erased"
    assert said("erase", "99999999", *mine).code == 3
    unproved = number_of(territory, ready)
    shown = said("case", unproved)
    assert shown.code == 0


def test_an_erasure_that_meets_a_proof_of_the_same_customer_is_done_again(
    territory: Territory, ready: Premise, django_ready: DatabaseUrls, embedded_home: Path, tmp_path: Path
) -> None:
    """It has the key and wants the case; who proves has the case and wants the key: the database breaks one off."""
    from evenroll.records.organizations import cursor, open_organization

    number = territory.apply(ready)
    territory.run()
    arguments = ("erase", str(ready.customer), "--actor", ANA, "--organization", territory.utility, "--json")
    with open_organization(territory.utility) as opened, cursor() as pen:
        held = "SELECT 1 FROM stream_head WHERE organization_id = %s AND stream_key = %s FOR UPDATE"
        assert pen.execute(held, (opened.id, number)).fetchall()
        logged = {"EVENROLL_LOG": "json", "EVENROLL_LOG_LEVEL": "info"}
        process = started(django_ready, embedded_home, *arguments, folder=tmp_path, more=logged)
        until_somebody_waits(django_ready.owner, process)
        # The erasure waits already, so it is the first to look who waits for whom, and is broken off.
        pen.execute(
            "SELECT 1 FROM customer_key AS key JOIN customer ON customer.key_id = key.id "
            "WHERE customer.organization_id = %s AND customer.id = %s FOR KEY SHARE OF key",
            (opened.id, ready.customer),
        )
    out, err = process.communicate(timeout=60)
    assert (process.returncode, json.loads(out)["error"]) == (1, "enrollment_lives"), err
    told = [json.loads(each) for each in err.splitlines() if each.startswith("{")]
    assert [each["sqlstate"] for each in told if each["code"] == "retried"] == ["40P01"]


def number_of(territory: Territory, premise: Premise) -> CaseNumber:
    """Somebody applies with the data of who was erased: nobody is found, and nothing breaks."""
    number = territory.apply(premise, answers={**premise.answers(), FormField.VIN: ""})
    territory.run()
    assert not territory.case(territory.utility, number).proof.proved_at
    return number

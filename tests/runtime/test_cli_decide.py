"""Invariant 9: a decision computed again from the journal is the same, whatever the catalog says by then."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from evenroll.enrollment.case_commands import NoPayload
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.eligibility import Verdict
from evenroll.enrollment.erasure import DataErased
from evenroll.enrollment.form import FormField
from evenroll.enrollment.roles import Role
from evenroll.programs.rules import RuleKind
from evenroll.quantities.identifiers import CaseNumber
from evenroll.runtime.cli_decide import Redecided
from evenroll.runtime.cli_exit import CommandEnded
from evenroll.runtime.database import DatabaseUrls
from tests.runtime.line import line
from tests.territory import NOW, Territory, days, new_territory
from tests.worker.test_erasing import close_account, erase, opens, subjects

_PROGRAM = "import sys; from evenroll.runtime.command_line import main; sys.exit(main())"
TODAY = NOW.date()


@pytest.fixture
def territory(django_ready: object) -> Territory:
    return new_territory()


def _decided(territory: Territory) -> CaseNumber:
    number = territory.apply(territory.premise())
    territory.run()
    return number


def _redecided(territory: Territory, number: CaseNumber, *, on: date) -> Redecided:
    from evenroll.runtime import cli_decide

    return cli_decide.redecided(number, organizations=territory.organizations, on=on)


def test_a_decision_is_the_same_when_computed_again(territory: Territory) -> None:
    found = _redecided(territory, _decided(territory), on=TODAY)
    assert found.again.is_same
    assert found.again.verdict is found.dated.made.verdict
    assert found.again.findings == found.dated.made.findings
    assert (found.by_then, found.would_be) == (None, None)


def test_a_later_version_decides_no_case_that_was_offered_the_earlier_one(territory: Territory) -> None:
    from evenroll.records.published import publish

    number = _decided(territory)
    rules = tuple(
        replace(rule, params=replace(rule.params, values=("commercial",)))
        if rule.kind is RuleKind.CUSTOMER_CLASS_IN
        else rule
        for rule in territory.night.rules
    )
    publish(replace(territory.night, version=2, rules=rules, opens_on=TODAY + timedelta(days=10)))
    before = _redecided(territory, number, on=TODAY)
    after = _redecided(territory, number, on=TODAY + timedelta(days=10))
    assert before.by_then is None
    assert before.again.is_same and after.again.is_same
    assert after.program.version == 1
    assert after.by_then is not None
    assert after.by_then.version == 2
    assert after.would_be is not None
    assert after.would_be.verdict is Verdict.REFUSED


def test_before_it_was_decided_there_is_no_decision(territory: Territory) -> None:
    number = _decided(territory)
    with pytest.raises(CommandEnded, match=f"It was first decided on {TODAY}"):
        _redecided(territory, number, on=TODAY - timedelta(days=1))


def test_a_decision_that_was_not_made_by_these_rules_is_told(territory: Territory) -> None:
    found = _redecided(territory, _decided(territory), on=TODAY)
    from evenroll.enrollment.redecide import decide_again

    made = replace(found.dated.made, findings=found.dated.made.findings[:-1])
    assert not decide_again(made, program=found.program).is_same
    assert not decide_again(replace(found.dated.made, verdict=Verdict.REFUSED), program=found.program).is_same


def test_the_command_tells_it_to_people_and_machines(
    territory: Territory, django_ready: DatabaseUrls, embedded_home: Path
) -> None:
    number = _decided(territory)

    def told(*arguments: str) -> subprocess.CompletedProcess[str]:
        database = urlsplit(django_ready.app).path.strip("/")
        environment = {**os.environ, "EVENROLL_HOME": str(embedded_home), "NO_COLOR": "1"}
        command = [sys.executable, "-c", _PROGRAM, "--database", database, "decide", number, *arguments]
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)

    done = told("--as-of", "2030-01-01", "--json")
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    assert answer["same"] is True
    assert answer["verdict"] == answer["verdict_again"]
    assert answer["decided_on"] == TODAY.isoformat()
    assert {row["rule"] for row in answer["findings"]} == {str(rule.id) for rule in territory.night.rules}
    assert all(row["sentences"] for row in answer["findings"])
    people = told("--as-of", "2030-01-01", "--language", "es")
    assert "Computed again: the same" in people.stdout
    assert "La cuenta está activa." in people.stdout
    assert told("--as-of", "soon").returncode == 2
    assert told("--as-of", "2020-01-01").returncode == 3


def test_after_an_erasure_a_decision_is_told_from_what_is_kept_and_that_it_was_erased(
    territory: Territory, django_ready: DatabaseUrls, embedded_home: Path, tmp_path: Path
) -> None:
    premise = territory.premise(supplier=None)
    number = territory.apply(premise)
    territory.run()
    territory.taken(territory.give(territory.utility, CommandName.WITHDRAW, number, NoPayload(), role=Role.CUSTOMER))
    territory.run()
    answers = territory.case(territory.utility, number).answers
    close_account(territory, premise, on=TODAY)

    def told(*arguments: str) -> tuple[dict[str, Any], str]:
        asked = ("decide", number, "--as-of", "2030-01-01", *arguments)
        machine = line(django_ready, embedded_home, *asked, "--json", folder=tmp_path)
        people = line(django_ready, embedded_home, *asked, folder=tmp_path)
        assert (machine.code, people.code) == (0, 0), machine.err + people.err
        return machine.told, people.out

    before, kept = told()
    assert before["erased_on"] is None
    assert "erased" not in kept
    customer, _ = subjects(territory, number)
    later = NOW + days(366 * 7 + 2)
    assert isinstance(erase(territory, customer, now=later), DataErased)
    assert not opens(territory, answers)
    after, gone = told()
    assert after == {**before, "erased_on": later.date().isoformat()}
    assert after["same"] is True
    assert f"The personal data were erased on {later.date()}" in gone
    assert "Computed again: the same" in gone
    secret = premise.answers()
    assert not [each for each in (FormField.NAME, FormField.VIN) if secret.get(each, "-") in gone]
    earlier = line(django_ready, embedded_home, "decide", number, "--as-of", "2020-01-01", folder=tmp_path)
    assert (earlier.code, "It was first decided on" in earlier.err) == (3, True)

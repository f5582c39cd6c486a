"""Row 2 on a real database: what a draft was told reaches the clearinghouse, the form and the proof; nothing is asked
twice."""

from __future__ import annotations

import secrets

import pytest

from evenroll.enrollment.case import Opening
from evenroll.enrollment.case_commands import OpenCase, SaveAnswers, SubmitForm
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.form import Channel, FormField, Language
from evenroll.enrollment.roles import Role
from evenroll.enrollment.tracks import State
from evenroll.programs.program import MeterCapability
from evenroll.quantities.identifiers import case_number
from tests.territory import NIGHT_RATE, NOW, POSTAL_CODE, Territory, new_territory


@pytest.fixture
def territory(django_ready: object) -> Territory:
    return new_territory()


def test_answers_of_a_draft_are_not_asked_again(territory: Territory) -> None:
    premise = territory.premise(registers=NIGHT_RATE, capability=MeterCapability.PERIOD_REGISTERS)
    number = case_number(secrets.token_bytes(16))
    opening = Opening(opened_at=NOW, channel=Channel.WEB, language=Language.ES, postal_code=POSTAL_CODE)
    told = premise.answers()
    first = {field: told[field] for field in (FormField.NAME, FormField.SERVICE_ADDRESS)}
    second = {field: told[field] for field in (FormField.ACCOUNT_NUMBER, FormField.POSTAL_CODE, FormField.VIN)}
    last = {field: told[field] for field in (FormField.LAST_BILL_AMOUNT, FormField.EMAIL)}
    steps = (
        (CommandName.OPEN_CASE, OpenCase(number=number, organization=territory.utility, opening=opening), first),
        (CommandName.SAVE_ANSWERS, SaveAnswers(answers=0, fields=frozenset()), second),
        (CommandName.SUBMIT_FORM, SubmitForm(form=territory.form()), last),
    )
    for name, command, answers in steps:
        territory.taken(territory.give(territory.utility, name, number, command, role=Role.CUSTOMER, answers=answers))
    territory.run()
    case = territory.case(territory.utility, number)
    assert case.form is not None and case.form.fields == frozenset(told)
    assert case.status is State.ENROLLED, territory.events(territory.utility, number)
    assert case.vehicle is not None and case.vehicle.vin_known

"""Row 3 by mail on a real database: a stamp, two keyings by two people, a third where they differ."""

from __future__ import annotations

import secrets

import pytest

from evenroll.enrollment.case import Opening
from evenroll.enrollment.case_commands import KeyForm, OpenCase, StampMail
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.decided import RefusalCode
from evenroll.enrollment.form import Channel, FormField, Language
from evenroll.enrollment.tracks import State
from evenroll.programs.program import MeterCapability
from evenroll.quantities.identifiers import case_number
from tests.territory import NIGHT_RATE, NOW, Territory, days, new_territory
from tests.territory_books import POSTAL_CODE, Premise

STAMPED_AT = NOW - days(3)


@pytest.fixture
def territory(django_ready: object) -> Territory:
    return new_territory()


def test_two_keyings_that_agree_are_a_form_received_when_stamped(territory: Territory) -> None:
    premise = territory.premise(registers=NIGHT_RATE, capability=MeterCapability.PERIOD_REGISTERS)
    number = stamped(territory)
    territory.taken(key(territory, number, premise, by="clerk-1"))
    for again in ("clerk-1", "CLERK-1"):
        same = key(territory, number, premise, by=again)
        assert territory.refused(same).code is RefusalCode.SAME_PERSON_KEYED
    written_otherwise = {FormField.NAME: f"  {premise.name.upper()} "}
    territory.taken(key(territory, number, premise, by="clerk-2", **written_otherwise))
    territory.run()
    case = territory.case(territory.utility, number)
    assert case.status is State.ENROLLED
    assert case.form is not None and case.form.received_at == STAMPED_AT


def test_a_third_person_settles_what_two_read_differently(territory: Territory) -> None:
    premise = territory.premise(registers=NIGHT_RATE, capability=MeterCapability.PERIOD_REGISTERS)
    number = stamped(territory)
    territory.taken(key(territory, number, premise, by="clerk-1"))
    territory.taken(key(territory, number, premise, by="clerk-2", **{FormField.LAST_BILL_AMOUNT: "1.00"}))
    case = territory.case(territory.utility, number)
    assert case.mail is not None and case.mail.differs == ("last_bill_amount",) and case.form is None
    territory.taken(key(territory, number, premise, by="clerk-3"))
    territory.run()
    assert territory.case(territory.utility, number).status is State.ENROLLED


def test_what_was_keyed_means_nothing_once_the_customer_is_erased(territory: Territory) -> None:
    """The journal keeps hashes of what two people read; their key goes with the customer's own."""
    from evenroll.records import books, vault
    from evenroll.records.case_answers import fingerprints
    from evenroll.records.organizations import open_organization
    from evenroll.records.vault import PersonalErased

    premise = territory.premise(registers=NIGHT_RATE, capability=MeterCapability.PERIOD_REGISTERS)
    number = stamped(territory)
    territory.taken(key(territory, number, premise, by="clerk-1"))
    territory.taken(key(territory, number, premise, by="clerk-2"))
    territory.run()
    mail = territory.case(territory.utility, number).mail
    assert mail is not None and mail.salt and mail.first == mail.second
    with open_organization(territory.utility):
        assert fingerprints(premise.answers(), salt=mail.salt) == mail.first
        # Neither the organization's key alone, nor the key of another form, gives the same.
        without = fingerprints(premise.answers(), salt=0)
        assert not set(without.values()) & set(mail.first.values())
        vault.destroy_keys([books.customer_key(premise.customer)])
        with pytest.raises(PersonalErased):
            fingerprints(premise.answers(), salt=mail.salt)


def stamped(territory: Territory) -> str:
    number = case_number(secrets.token_bytes(16))
    opening = Opening(
        opened_at=NOW,
        channel=Channel.MAIL,
        language=Language.ES,
        program=territory.night.key,
        postal_code=POSTAL_CODE,
    )
    command = OpenCase(number=number, organization=territory.utility, opening=opening)
    territory.taken(territory.give(territory.utility, CommandName.OPEN_CASE, number, command))
    stamp = StampMail(receipt=f"R-{territory.tag}", received_at=STAMPED_AT)
    territory.taken(territory.give(territory.utility, CommandName.STAMP_MAIL, number, stamp))
    return number


def key(territory: Territory, number: str, premise: Premise, *, by: str, **read_as: str):
    # Whoever `by` names in the payload: the journal's actor is who keyed.
    command = KeyForm(by="somebody", fingerprints={}, form=territory.form(signed_on=STAMPED_AT.date()))
    answers = {**premise.answers(), **read_as}
    return territory.give(territory.utility, CommandName.KEY_FORM, number, command, by=by, answers=answers)

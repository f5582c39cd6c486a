"""The partners of one installation on a real database: registry, register, premises, reads, delivery."""

from __future__ import annotations

from datetime import date

import pytest

from evenroll.enrollment.eligibility_facts import Known
from evenroll.enrollment.facts import Factor, PartnerAway, ProviderAnswerKind, RegisterAnswer
from evenroll.enrollment.form import FormField
from evenroll.ports.clearinghouse import ProviderQuestion
from evenroll.ports.premises import PremiseFacts
from evenroll.ports.register import Evidence
from evenroll.programs.program import MeterCapability
from evenroll.quantities.identifiers import MeterSerial, OrganizationKey, PodId
from evenroll.quantities.periods import DatePeriod
from tests.territory import NIGHT_RATE, NOW, Territory, days, new_territory
from tests.territory_books import LONG_AGO, POSTAL_CODE

TODAY = NOW.date()


@pytest.fixture
def territory(django_ready: object) -> Territory:
    return new_territory()


def test_the_registry_names_wires_and_supply(territory: Territory) -> None:
    from evenroll.partners.registry_clearinghouse import RegistryClearinghouse

    registry = RegistryClearinghouse(organization=territory.registry)
    own, served = territory.premise(), territory.premise(supplier=territory.esco)
    answer = registry.find(ProviderQuestion(pod=own.pod), on=TODAY)
    assert not isinstance(answer, PartnerAway)
    assert (answer.kind, answer.supplier) == (ProviderAnswerKind.UTILITY, territory.utility)
    shouted = ProviderQuestion(postal_code=POSTAL_CODE, address=served.address.upper())
    answer = registry.find(shouted, on=TODAY)
    assert not isinstance(answer, PartnerAway)
    assert (answer.kind, answer.supplier, answer.pod) == (ProviderAnswerKind.ESCO, territory.esco, served.pod)


def test_a_postal_code_alone_finds_nobody(territory: Territory) -> None:
    from evenroll.partners.registry_clearinghouse import RegistryClearinghouse

    territory.premise()
    registry = RegistryClearinghouse(organization=territory.registry)
    answer = registry.find(ProviderQuestion(postal_code=POSTAL_CODE), on=TODAY)
    assert not isinstance(answer, PartnerAway) and answer.kind is ProviderAnswerKind.NOT_FOUND


def test_a_clearinghouse_away_is_no_answer(territory: Territory) -> None:
    from evenroll.partners.registry_clearinghouse import RegistryClearinghouse, away_on

    premise = territory.premise()
    behind = RegistryClearinghouse(organization=territory.registry)
    away = away_on(behind, periods=[DatePeriod(start_on=TODAY, end_on=TODAY + days(1))])
    question = ProviderQuestion(pod=premise.pod)
    assert isinstance(away.find(question, on=TODAY), PartnerAway)
    assert away.find(question, on=TODAY + days(1)) == behind.find(question, on=TODAY + days(1))


def test_the_register_names_an_account_by_what_agrees(territory: Territory) -> None:
    from evenroll.partners.own_register import OwnRegister

    premise = territory.premise()
    register = OwnRegister(organization=territory.utility)
    answer = register.match(Evidence(values=premise.answers()))
    assert isinstance(answer, RegisterAnswer)
    assert answer.account == premise.account and answer.pods == (premise.pod,)
    assert {Factor.NAME, Factor.ACCOUNT_NUMBER, Factor.LAST_BILL_AMOUNT} <= answer.matched
    by_meter = {
        FormField.NAME: premise.name.upper(),
        FormField.SERVICE_ADDRESS: premise.address,
        FormField.METER_SERIAL: premise.serial.lower(),
    }
    answer = register.match(Evidence(values=by_meter))
    assert isinstance(answer, RegisterAnswer)
    assert answer.matched == {Factor.NAME, Factor.SERVICE_ADDRESS, Factor.METER_SERIAL}


def test_two_strangers_with_one_address_get_identical_answers(territory: Territory) -> None:
    from evenroll.partners.own_register import OwnRegister

    premise = territory.premise()
    register = OwnRegister(organization=territory.utility)
    answers = [
        register.match(Evidence(values={FormField.NAME: name, FormField.SERVICE_ADDRESS: premise.address}))
        for name in ("First Stranger", "Second Stranger")
    ]
    assert answers[0] == answers[1]
    assert register.match(Evidence(values={FormField.NAME: premise.name})) == RegisterAnswer()


def test_another_organizations_register_knows_nobody(territory: Territory) -> None:
    from evenroll.partners.own_register import OwnRegister

    premise = territory.premise()
    elsewhere = OwnRegister(organization=territory.esco)
    assert elsewhere.match(Evidence(values=premise.answers())) == RegisterAnswer()
    facts = elsewhere.account_facts(premise.account, pod=premise.pod)
    assert not isinstance(facts, PartnerAway) and facts.active is Known.NO


def test_an_esco_learns_of_a_premise_its_meter_and_no_person(territory: Territory) -> None:
    from evenroll.partners.utility_premises import UtilityPremises

    premise = territory.premise(supplier=territory.esco)
    facts = UtilityPremises().look_up(premise.pod, utility=territory.utility, on=TODAY)
    assert isinstance(facts, PremiseFacts) and facts.meter is not None
    assert facts.meter.capability is MeterCapability.TOTAL_REGISTER
    assert facts.rates.codes == {"LE-D", "BW-STD"}
    assert facts.meter.scheduled_reads[0] == date(2026, 11, 12)
    assert premise.name not in repr(facts)
    assert UtilityPremises().look_up(PodId("LP-NONE"), utility=territory.utility, on=TODAY) == PremiseFacts()
    nobody = OrganizationKey("nobody-here")
    assert isinstance(UtilityPremises().look_up(premise.pod, utility=nobody, on=TODAY), PartnerAway)


def test_stored_reads_come_by_day_with_every_register(territory: Territory) -> None:
    from evenroll.partners.meter_reads import StoredReads
    from evenroll.records import books
    from evenroll.records.organizations import open_organization

    serial = MeterSerial(f"M-{territory.tag}")
    with open_organization(territory.utility):
        books.add_reads(
            books.NewRead(serial=serial, register=name, read_on=day, value_wh=count * 10)
            for count, day in enumerate((LONG_AGO, TODAY))
            for name in NIGHT_RATE
        )
    found = StoredReads().reads(serial, utility=territory.utility, on=(TODAY, LONG_AGO, date(2021, 1, 1)))
    assert not isinstance(found, PartnerAway)
    assert [each.read_on for each in found] == [LONG_AGO, TODAY]
    assert found[1].values_wh == dict.fromkeys(NIGHT_RATE, 10)


def test_a_message_to_somebody_elsewhere_is_not_lost(territory: Territory) -> None:
    from evenroll.partners.local_delivery import LocalDelivery
    from evenroll.ports.delivery import DeliveryOutcome
    from evenroll.records.envelope import Envelope

    envelope = Envelope(
        sender=territory.utility,
        receiver=OrganizationKey("elsewhere"),
        message_id="1",
        conversation="EV-1",
        number=1,
        kind="cancel_asked",
        version=1,
        body={},
    )
    delivery = LocalDelivery(
        receivers=frozenset({territory.utility}),
        receive=lambda *_: pytest.fail("taken"),
        receive_together=lambda *_: pytest.fail("taken"),
    )
    assert delivery.deliver(envelope, now=NOW).outcome is DeliveryOutcome.AWAY

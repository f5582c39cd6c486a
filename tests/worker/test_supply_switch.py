"""A supplier wins a customer through the registrar, on the real database: asked, answered, in effect, taken back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from evenroll.enrollment.command_names import CommandName as C
from evenroll.enrollment.decided import RefusalCode
from evenroll.enrollment.form import Channel
from evenroll.enrollment.roles import OrganizationKind, Role
from evenroll.enrollment.supply import LostReason, SupplyTransaction
from evenroll.enrollment.supply_commands import AskSupply, ChangeSupplier, RecordVerification
from evenroll.enrollment.tracks import State
from evenroll.programs.program import MeterCapability, ProgramVersion, SupplyStatus, Track
from evenroll.programs.reject_codes import RejectCode
from evenroll.programs.rules import RuleKind
from evenroll.quantities.identifiers import CaseNumber, OrganizationKey, PodId, ProgramKey
from tests.meter_work import at
from tests.territory import NOW, Territory, days, new_territory
from tests.territory_books import Premise

FIRST_READ = date(2026, 11, 12)


@dataclass(kw_only=True)
class Market:
    """A territory in which a supplier's product may be sold to customers of others, and a second supplier."""

    territory: Territory
    wins: ProgramVersion
    rival: OrganizationKey
    rivals: ProgramVersion

    def sold(self, premise: Premise, **changes: Any) -> CaseNumber:
        """An application at the supplier's door by somebody whom another supplies."""
        return self.territory.apply(premise, at=self.territory.esco, program=self.wins, **changes)

    def case(self, number: CaseNumber, *, at_rival: bool = False):
        return self.territory.case(self.rival if at_rival else self.territory.esco, number)

    def supply_of(self, number: CaseNumber) -> State | None:
        return self.case(number).state_of(Track.SUPPLY)

    def run_to(self, day: date, *, since: datetime = NOW):
        return self.territory.run_through(at(day), since=since)

    def as_operator(self, act: Any, *, now: datetime, **said: Any) -> Any:
        from evenroll.records.unit_of_work import unit_of_work

        actor = self.territory.actor(self.territory.registry, Role.REGISTRY_OPERATOR)
        with unit_of_work(self.territory.registry, actor=actor, now=now) as work:
            return act(work, **said)

    def supplier_on(self, pod: PodId, day: date) -> str | None:
        agreement = self.territory.point(pod).agreement_on(day)
        return agreement.supplier if agreement else None


@pytest.fixture
def market(django_ready: object) -> Market:
    return new_market()


def new_market() -> Market:
    from evenroll.records.organizations import add_organization
    from evenroll.records.published import publish

    territory = new_territory()
    rival = OrganizationKey(f"northfork-{territory.tag}")
    kinds = frozenset({OrganizationKind.SUPPLIER})
    add_organization(rival, name="Northfork", kinds=kinds, calendar_key="US-LAKELAND")
    taken_from = frozenset({SupplyStatus.UTILITY, SupplyStatus.ESCO})
    wins = replace(territory.supply, key=ProgramKey(f"WINS-{territory.tag}"), switch_from=taken_from)
    # The rival sells the same rate here, so being on it is no hindrance.
    rules = tuple(rule for rule in wins.rules if rule.kind is not RuleKind.CURRENT_RATE_NOT_IN)
    rivals = replace(wins, key=ProgramKey(f"RIVAL-{territory.tag}"), organization=rival, rules=rules)
    for program in (wins, rivals):
        publish(program)
    territory.more = (rival,)
    return Market(territory=territory, wins=wins, rival=rival, rivals=rivals)


def at_home(market: Market, **changes: Any) -> Premise:
    """A customer of the utility's own supply, with a meter that will do."""
    return market.territory.premise(capability=MeterCapability.INTERVAL, registers=("night", "day"), **changes)


def test_a_supplier_wins_a_customer_after_the_window_and_never_inside_it(market: Market) -> None:
    """Rule 11, invariant 8: the registrar is asked only once the rescission window is over."""
    premise = at_home(market)
    number = market.sold(premise)
    market.territory.run()
    case = market.case(number)
    assert case.status is State.IN_RESCISSION and case.agreement is not None
    assert case.proof.customer is not None and case.switch is None
    ends_on = case.agreement.rescission_ends_on
    market.run_to(ends_on - timedelta(days=1))
    assert market.case(number).switch is None
    market.run_to(ends_on, since=at(ends_on - timedelta(days=1)))
    case = market.case(number)
    assert case.switch is not None and case.switch.asked_on >= ends_on
    assert market.supply_of(number) is State.ACCEPTED and case.switch.effective_on == FIRST_READ
    assert market.supplier_on(premise.pod, FIRST_READ) == market.territory.utility


def test_on_its_day_supply_is_ours_and_the_meter_is_asked_for(market: Market) -> None:
    """Rule 12: old supplier, new supplier and utility are told the same day; what waited for supply begins."""
    premise = at_home(market)
    number = market.sold(premise)
    market.run_to(FIRST_READ)
    case = market.case(number)
    assert market.supply_of(number) is State.EFFECTIVE
    assert case.provider is not None and case.provider.supplier == market.territory.esco
    assert case.order is not None
    assert market.supplier_on(premise.pod, FIRST_READ) == market.territory.esco
    assert market.supplier_on(premise.pod, FIRST_READ - days(1)) == market.territory.utility
    market.run_to(date(2027, 1, 20), since=at(FIRST_READ))
    assert market.case(number).status is State.ACTIVE


def test_the_first_request_wins_and_the_other_is_told_who_and_since_when(market: Market) -> None:
    """First in wins (NFI); the customer who was second is asked, and may contest the first."""
    premise = at_home(market)
    first = market.sold(premise)
    second = market.territory.apply(premise, at=market.rival, program=market.rivals)
    market.run_to(FIRST_READ - days(1))
    other = market.case(second, at_rival=True)
    assert market.supply_of(first) is State.ACCEPTED
    assert other.state_of(Track.SUPPLY) is State.OBJECTED and other.switch is not None
    assert other.switch.codes == (RejectCode.NOT_FIRST,) and other.switch.first == market.territory.esco
    assert other.switch.first_on == market.case(first).switch.asked_on
    assert other.tracks["supply"].owner is Role.CUSTOMER
    market.run_to(FIRST_READ + days(40), since=at(FIRST_READ - days(1)))
    assert market.case(second, at_rival=True).status is State.ENDED


def test_a_day_too_far_ahead_is_held_and_asked_again_inside_the_window(market: Market) -> None:
    """DIV: more than 90 days ahead is refused; the case holds it and asks again on the day from which it can be."""
    premise = at_home(market)
    number = market.sold(premise)
    market.run_to(FIRST_READ - days(2))
    withdrawn_and_again(market, number, wish=date(2027, 3, 12))
    case = market.case(number)
    assert market.supply_of(number) is State.OBJECTED and case.switch.codes == (RejectCode.DATE_WRONG,)
    market.run_to(date(2026, 12, 15), since=at(FIRST_READ))
    assert market.supply_of(number) is State.ACCEPTED
    assert market.case(number).switch.effective_on == date(2027, 3, 12)


def withdrawn_and_again(market: Market, number: CaseNumber, *, wish: date) -> None:
    """The operator rejects the pending request for a formality, and the desk asks again with the customer's wish."""
    from evenroll.actions.answer_supply import reject_supply
    from evenroll.enrollment.supply_commands import RejectSupply
    from evenroll.records.asked import Asked

    now = at(FIRST_READ - days(2))
    tracking = market.case(number).switch.tracking
    asked = Asked(number=tracking, command=RejectSupply(codes=(RejectCode.OTHER,)))
    market.territory.taken(market.as_operator(reject_supply, now=now, asked=asked))
    market.territory.run(now)
    assert market.supply_of(number) is State.OBJECTED
    again = market.territory.give(
        market.territory.esco, C.ASK_SUPPLY, number, AskSupply(requested_on=wish), now=now, role=Role.ENROLLMENT_DESK
    )
    market.territory.taken(again)
    market.territory.run(now)


def test_a_customer_who_withdraws_stays_with_the_supplier_in_place(market: Market) -> None:
    """Cancel while pending: the registrar has the last word, and the incumbent is reinstated."""
    premise = at_home(market)
    number = market.sold(premise)
    now = at(FIRST_READ - days(2))
    market.run_to(FIRST_READ - days(2))
    given = market.territory.give(market.territory.esco, C.WITHDRAW, number, role=Role.CUSTOMER, now=now)
    assert market.territory.taken(given).state == State.WITHDRAWING
    market.territory.run(now)
    assert market.case(number).status is State.WITHDRAWN
    market.run_to(FIRST_READ + days(30), since=now)
    assert market.supplier_on(premise.pod, FIRST_READ + days(30)) == market.territory.utility


def test_a_withdrawal_on_the_day_itself_comes_too_late(market: Market) -> None:
    premise = at_home(market)
    number = market.sold(premise)
    market.run_to(FIRST_READ - days(1))
    now = at(FIRST_READ - days(1))
    market.territory.give(market.territory.esco, C.WITHDRAW, number, role=Role.CUSTOMER, now=now)
    # The word to the registrar is held up until supply has changed hands there.
    installation = market.territory.installation
    from evenroll.enrollment.roles import Actor
    from evenroll.records import deadlines
    from evenroll.records.asked import Asked
    from evenroll.worker.driver import SYSTEM
    from evenroll.worker.giving import give

    system = Actor(key=SYSTEM, role=Role.SYSTEM, organization=market.territory.registry)
    [due] = [each for each in deadlines.due(market.territory.registry, now=at(FIRST_READ), limit=9)]
    give(
        installation,
        actor=system,
        name=C.MAKE_SUPPLY_EFFECTIVE,
        asked=Asked(number=due.stream.key, command=None),
        now=at(FIRST_READ),
    )
    market.territory.run(at(FIRST_READ))
    case = market.case(number)
    assert case.status is State.ENROLLED and market.supply_of(number) is State.EFFECTIVE
    assert case.order is not None


def test_nothing_is_asked_before_the_sale_is_verified(market: Market) -> None:
    """Anti-slamming: no switch request before the verification record exists."""
    premise = at_home(market)
    number = market.sold(premise, channel=Channel.PHONE)
    market.run_to(FIRST_READ - days(2))
    case = market.case(number)
    assert case.switch is None and case.tracks["supply"].owner is Role.ENROLLMENT_DESK
    now = at(FIRST_READ - days(2))
    command = RecordVerification(reference="TPV-7731")
    market.territory.taken(
        market.territory.give(market.territory.esco, C.RECORD_VERIFICATION, number, command, now=now)
    )
    market.territory.run(now)
    assert market.supply_of(number) is State.ACCEPTED


def test_a_contested_switch_is_reversed(market: Market) -> None:
    """Anti-slamming: a contested switch counts as unauthorized; the supplier before supplies again."""
    premise = at_home(market)
    number = market.sold(premise)
    market.run_to(FIRST_READ)
    given = market.territory.give(
        market.territory.esco, C.DISPUTE_SUPPLY, number, role=Role.CUSTOMER, now=at(FIRST_READ + days(3))
    )
    market.territory.taken(given)
    market.territory.run(at(FIRST_READ + days(3)))
    case = market.case(number)
    assert case.status is State.ENDED and case.ended_because == "disputed"
    assert market.supplier_on(premise.pod, FIRST_READ + days(3)) == market.territory.utility
    assert market.supplier_on(premise.pod, FIRST_READ + days(2)) == market.territory.esco


def test_an_account_that_enters_an_assistance_program_is_not_switched(market: Market) -> None:
    """A pending customer who enters assistance must not be switched: re-checked by push after the acceptance."""
    from evenroll.actions.exit_supplier import block_supply

    premise = at_home(market)
    number = market.sold(premise)
    market.run_to(FIRST_READ - days(2))
    assert market.supply_of(number) is State.ACCEPTED
    now = at(FIRST_READ - days(2))
    market.territory.taken(market.as_operator(block_supply, now=now, pod=premise.pod))
    market.territory.run(now)
    case = market.case(number)
    assert case.status is State.ENDED and case.switch.codes == (RejectCode.NOT_ELIGIBLE,)
    market.run_to(FIRST_READ + days(5), since=now)
    assert market.supplier_on(premise.pod, FIRST_READ + days(5)) == market.territory.utility


def test_a_supplier_that_leaves_stops_its_cases_the_same_day(market: Market) -> None:
    """Rule 12, supplier exit: cases end, open orders stop, and the case goes on with its answers where agreed."""
    from evenroll.actions.exit_supplier import exit_supplier

    territory = market.territory
    theirs = territory.premise(supplier=territory.esco)
    agreed = territory.apply(theirs, at=territory.esco, program=territory.supply, consents_hand_over=True)
    pending = market.sold(at_home(market))
    market.run_to(FIRST_READ - days(3))
    order = territory.order_of(territory.esco, agreed)
    assert order.is_open
    now = at(FIRST_READ - days(3))
    territory.taken(market.as_operator(exit_supplier, now=now, supplier=territory.esco))
    territory.run(now)
    assert market.case(agreed).status is State.ENDED and market.case(agreed).ended_because == "supplier_exit"
    assert not territory.order(order.number).is_open
    assert market.case(pending).tracks["supply"].state is State.OBJECTED
    carried = territory.case(territory.utility, agreed)
    assert carried.form is not None and carried.form.signed_on is None and carried.form.answers
    assert carried.provider is not None and carried.provider.supplier == territory.utility
    again = market.sold(at_home(market))
    market.run_to(FIRST_READ + days(9), since=now)
    assert market.case(again).switch.codes == (RejectCode.NOT_LICENSED,)


def test_a_customer_leaves_for_default_service(market: Market) -> None:
    """Drop by the customer: supply goes back to the utility at the read, and the enrollment ends with that day."""
    premise = at_home(market)
    number = market.sold(premise)
    market.run_to(date(2026, 12, 20))
    now = at(date(2026, 12, 20))
    given = market.territory.give(
        market.territory.esco, C.CHANGE_SUPPLIER, number, ChangeSupplier(), role=Role.CUSTOMER, now=now
    )
    market.territory.taken(given)
    market.run_to(date(2027, 1, 20), since=now)
    case = market.case(number)
    assert case.status is State.ENDED and case.ended_on == date(2027, 1, 12)
    assert market.supplier_on(premise.pod, date(2027, 1, 12)) == market.territory.utility


def test_a_supplier_s_own_drop_is_told_some_days_before_the_read(market: Market) -> None:
    """Drop by the supplier: at least 12 days before the read (data of the territory), else at the read after it."""
    premise = at_home(market)
    number = market.sold(premise)
    market.run_to(date(2027, 1, 4))
    now = at(date(2027, 1, 4))
    drop = ChangeSupplier(transaction=SupplyTransaction.DROP_BY_SUPPLIER)
    by_customer = market.territory.give(
        market.territory.esco, C.CHANGE_SUPPLIER, number, drop, role=Role.CUSTOMER, now=now
    )
    assert market.territory.refused(by_customer).code is RefusalCode.NOT_IN_STATE
    market.territory.taken(market.territory.give(market.territory.esco, C.CHANGE_SUPPLIER, number, drop, now=now))
    market.territory.run(now)
    assert market.case(number).switch.effective_on == date(2027, 2, 12)


def test_a_customer_changes_from_one_supplier_to_another(market: Market) -> None:
    """One timeline: the old enrollment ends on the day on which the new supplier's supply begins; terms signed anew."""
    from evenroll.enrollment.case_commands import ChooseProgram, SubmitForm

    territory, premise = market.territory, at_home(market)
    number = market.sold(premise)
    market.run_to(date(2026, 12, 20))
    now = at(date(2026, 12, 20))
    territory.taken(
        territory.give(
            territory.esco, C.CHANGE_SUPPLIER, number, ChangeSupplier(to=market.rival), role=Role.CUSTOMER, now=now
        )
    )
    territory.run(now)
    at_new = market.case(number, at_rival=True)
    assert at_new.status is State.CHOOSING and market.case(number).status is not State.ENDED
    chosen = ChooseProgram(program=market.rivals.key)
    territory.taken(territory.give(market.rival, C.CHOOSE_PROGRAM, number, chosen, role=Role.CUSTOMER, now=now))
    territory.run(now)
    at_new = market.case(number, at_rival=True)
    assert at_new.status is State.COMPLETING
    signed = territory.form(market.rivals, signed_on=now.date(), received_at=now)
    territory.taken(
        territory.give(market.rival, C.COMPLETE_ANSWERS, number, SubmitForm(form=signed), role=Role.CUSTOMER, now=now)
    )
    market.run_to(date(2027, 1, 20), since=now)
    at_new, old = market.case(number, at_rival=True), market.case(number)
    assert at_new.state_of(Track.SUPPLY) is State.EFFECTIVE and at_new.switch is not None, at_new.status
    assert old.status is State.ENDED and old.ended_on == at_new.switch.effective_on == date(2027, 1, 12)


def test_the_wires_utility_is_told_of_every_pev(market: Market) -> None:
    """Rule 20: on the basis of consent, at the moment of enrollment; the utility's own enrollments as well."""
    premise = at_home(market)
    number = market.sold(premise)
    market.run_to(FIRST_READ - days(1))
    [pev] = market.territory.point(premise.pod).pevs
    assert (pev.case, pev.provider, pev.basis) == (number, market.territory.esco, "consent")
    own = market.territory.premise()
    theirs = market.territory.apply(own)
    market.territory.run()
    [pev] = market.territory.point(own.pod).pevs
    assert (pev.case, pev.basis) == (theirs, "own_service")


def test_the_utility_may_be_the_registrar(django_ready: object) -> None:
    """Without a central agent the utility keeps the registry itself: the same messages, to itself."""
    from evenroll.records.organizations import add_organization
    from evenroll.records.published import publish

    territory = new_territory()
    kinds = frozenset({OrganizationKind.UTILITY, OrganizationKind.CLEARINGHOUSE})
    add_organization(territory.utility, name="Lakeland", kinds=kinds, calendar_key="US-LAKELAND")
    territory.registry = territory.utility
    wins = replace(
        territory.supply, key=ProgramKey(f"WINS-{territory.tag}"), switch_from=frozenset({SupplyStatus.UTILITY})
    )
    publish(wins)
    premise = territory.premise(capability=MeterCapability.INTERVAL, registers=("night", "day"))
    number = territory.apply(premise, at=territory.esco, program=wins)
    territory.run_through(at(FIRST_READ))
    case = territory.case(territory.esco, number)
    assert case.state_of(Track.SUPPLY) is State.EFFECTIVE
    assert case.switch is not None and case.switch.registrar == territory.utility


def test_the_news_of_an_exit_names_its_reason(market: Market) -> None:
    from evenroll.enrollment.messages import SupplyLost

    assert SupplyLost(pod=PodId("P"), lost_on=FIRST_READ).reason is LostReason.OTHER_SUPPLIER

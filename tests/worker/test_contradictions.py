"""News and corrections that cannot be, on the real database: no enrollment ends before it began or on a day to come."""

from __future__ import annotations

from datetime import date, timedelta

from evenroll.enrollment.case import EndReason
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.decided import RefusalCode
from evenroll.enrollment.leaving_codes import CorrectableFact
from evenroll.enrollment.leaving_commands import ProposeCorrection
from evenroll.enrollment.messages import MoveTold, SupplyLost
from evenroll.enrollment.moving_commands import MoveOut
from evenroll.enrollment.roles import Role
from evenroll.enrollment.supply import LostReason
from evenroll.enrollment.tracks import State
from evenroll.programs.program import MeterCapability
from evenroll.quantities.identifiers import CaseNumber
from tests.meter_work import book_visit
from tests.territory import NIGHT_RATE, NOW, Territory, days
from tests.territory_books import Premise

AT = NOW + days(80)


def active(territory: Territory) -> tuple[CaseNumber, Premise]:
    premise = territory.premise(registers=NIGHT_RATE, capability=MeterCapability.PERIOD_REGISTERS)
    number = territory.apply(premise)
    territory.run_through(AT)
    assert territory.case(territory.utility, number).status is State.ACTIVE
    return number, premise


def test_supply_that_was_lost_long_ago_ends_nothing_before_it_began_and_evades_no_lock_out(
    territory: Territory,
) -> None:
    """Rule 17: the lock-out runs from the end, so an end of years ago would let the customer in at once."""
    number, premise = active(territory)
    lost = SupplyLost(pod=premise.pod, lost_on=date(2020, 1, 1), reason=LostReason.DROP_BY_CUSTOMER)
    told = territory.give(territory.utility, CommandName.LOSE_SUPPLY, premise.pod, lost, role=Role.PEER, now=AT)
    territory.taken(told)
    case = territory.case(territory.utility, number)
    assert case.agreement is not None and case.ended_because is EndReason.CUSTOMER
    assert case.ended_on == case.agreement.terms_received_on
    assert case.lockout_ends_on == case.ended_on + timedelta(days=territory.night.lockout_days)


def test_a_move_that_is_still_to_come_is_no_news_from_a_peer(territory: Territory) -> None:
    number, premise = active(territory)
    ahead = MoveTold(pod=premise.pod, moved_on=AT.date() + timedelta(days=2))
    answer = territory.give(territory.utility, CommandName.HEAR_MOVE, premise.pod, ahead, role=Role.PEER, now=AT)
    assert territory.refused(answer).code is RefusalCode.DATE_WRONG
    assert territory.case(territory.utility, number).status is State.ACTIVE
    assert territory.point(premise.pod).left_on is None


def test_an_agreement_that_ended_on_its_day_is_exported_with_that_day(territory: Territory) -> None:
    """Told late, the enrollment was over with the move all the same; the utility's own system hears the same day."""
    from evenroll.records.exports import agreements
    from evenroll.records.organizations import open_organization

    number, _ = active(territory)
    moved_on = AT.date() - timedelta(days=10)
    command = MoveOut(moved_on=moved_on)
    territory.taken(territory.give(territory.utility, CommandName.MOVE_OUT, number, command, now=AT))
    with open_organization(territory.utility):
        told = [row["ended_on"] for row in agreements(None) if row["case"] == number]
    assert told == [moved_on]


def test_an_in_service_date_is_corrected_to_a_day_that_can_come(territory: Territory) -> None:
    premise = territory.premise()
    number = territory.apply(premise)
    territory.run()
    book_visit(territory, territory.order_of(territory.utility, number).number, on=date(2026, 11, 10))
    territory.run()
    for after, code in (("9999-12-31", RefusalCode.CORRECTION_WRONG), ("2027-11-30", RefusalCode.CORRECTION_WRONG)):
        said = ProposeCorrection(fact=CorrectableFact.IN_SERVICE_DATE, after=after, by="")
        answer = territory.give(territory.utility, CommandName.PROPOSE_CORRECTION, number, said)
        assert territory.refused(answer).code is code

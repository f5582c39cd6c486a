"""Money that hangs on a day of the equipment: bought or installed near enough to the application, or not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenroll.enrollment.case import Case, EquipmentOfCase, Opening
from evenroll.enrollment.form import Channel, Form, Language
from evenroll.enrollment.ledger import Ledger, MissReason
from evenroll.enrollment.money_rules import judge
from evenroll.enrollment.money_spans import spans_over
from evenroll.programs.program_terms import DatedBy, EquipmentDay, Incentive, IncentivePer
from evenroll.quantities.calendars import calendar
from evenroll.quantities.identifiers import CaseNumber, OrganizationKey, ProgramKey

APPLIED_ON = date(2026, 11, 2)
RECEIVED_AT = datetime(2026, 11, 2, 16, 0, tzinfo=UTC)
CALENDAR = calendar("US-VA")


def rebate(day: EquipmentDay) -> Incentive:
    dated = DatedBy(day=day, days_max=120)
    return Incentive(code="rebate", usd=Decimal(125), per=IncentivePer.ENROLLMENT, dated=dated)


def case(equipment: EquipmentOfCase | None, *, told_on: date | None = None) -> Case:
    form = Form(
        channel=Channel.WEB,
        received_at=RECEIVED_AT,
        answers=1,
        program=ProgramKey("DOM-EV-REWARDS"),
        equipment_bought_on=told_on,
    )
    opening = Opening(opened_at=RECEIVED_AT, channel=Channel.WEB, language=Language.EN, program=form.program)
    return Case(
        number=CaseNumber("EV-1"),
        organization=OrganizationKey("dominion-va"),
        opening=opening,
        tracks={},
        form=form,
        equipment=equipment,
    )


def earned(of: Case, *, day: EquipmentDay = EquipmentDay.BOUGHT) -> object:
    active_on = APPLIED_ON + timedelta(days=30)
    [span] = spans_over(rebate(day), active_on=active_on, by=active_on + timedelta(days=2))
    return judge(rebate(day), span=span, case=of, ledger=Ledger(active_on=active_on), calendar=CALENDAR)


@given(days=st.integers(-400, 400))
def test_within_120_days_of_the_application_and_not_a_day_more(days: int) -> None:
    bought = EquipmentOfCase(kind="evse", bought_on=APPLIED_ON + timedelta(days=days))
    assert earned(case(bought)) == (Decimal("125.00") if abs(days) <= 120 else MissReason.EQUIPMENT_TOO_OLD)


@pytest.mark.parametrize("apart", [0, 120, 121])
def test_it_may_hang_on_the_installation(apart: int) -> None:
    installed = EquipmentOfCase(kind="evse", installed_on=APPLIED_ON + timedelta(days=apart))
    found = earned(case(installed), day=EquipmentDay.INSTALLED)
    assert found == (MissReason.EQUIPMENT_TOO_OLD if apart > 120 else Decimal("125.00"))


def test_the_form_tells_the_purchase_where_nothing_was_recorded() -> None:
    assert earned(case(None, told_on=APPLIED_ON - timedelta(days=60))) == Decimal("125.00")
    recorded = EquipmentOfCase(kind="evse", bought_on=APPLIED_ON - timedelta(days=200))
    assert earned(case(recorded, told_on=APPLIED_ON)) is MissReason.EQUIPMENT_TOO_OLD


def test_a_day_that_nobody_recorded_earns_nothing_and_says_so() -> None:
    assert earned(case(EquipmentOfCase(kind="evse"))) is MissReason.EQUIPMENT_DAY_UNKNOWN
    unknown = case(replace(EquipmentOfCase(kind="evse"), bought_on=APPLIED_ON))
    assert earned(unknown, day=EquipmentDay.INSTALLED) is MissReason.EQUIPMENT_DAY_UNKNOWN

"""How the end of service with a customer who moved out changes the case. It reads nothing outside the events."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from evenroll.enrollment import ending_events as ee
from evenroll.enrollment.case import Case, OrderLink
from evenroll.enrollment.event import Event
from evenroll.programs.program import MeterNeedKind
from evenroll.quantities.changed import changed


def _asked(_case: Case, event: ee.ServiceEndAsked) -> dict[str, Any]:
    return {"ending": OrderLink(number=event.order, utility=event.utility, need=MeterNeedKind.NONE)}


def _refused(_case: Case, _event: ee.ServiceEndRefused) -> dict[str, Any]:
    return {"ending": None}


def _ended(case: Case, event: ee.ServiceEnded) -> dict[str, Any]:
    return {"ending": changed(case.ending, switch_on=event.vacant_on)} if case.ending else {}


def _billed(case: Case, event: ee.FinalBillHeard) -> dict[str, Any]:
    return {"ending": changed(case.ending, bills=(*case.ending.bills, event.bill))} if case.ending else {}


ENDING_CHANGES: Mapping[type[Event], Callable[[Case, Any], dict[str, Any]]] = MappingProxyType(
    {
        ee.ServiceEndAsked: _asked,
        ee.ServiceEndRefused: _refused,
        ee.ServiceEnded: _ended,
        ee.FinalBillHeard: _billed,
    }
)
"""How each changes the case."""

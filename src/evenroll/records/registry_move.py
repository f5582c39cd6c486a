"""What a registrar does when it hears that a customer has left: supply there returns to default service."""

from __future__ import annotations

from datetime import timedelta

from evenroll.enrollment.decided import Refusal, RefusalCode
from evenroll.enrollment.messages import MoveTold
from evenroll.programs.reject_codes import RejectCode
from evenroll.records.asked import Answer, Taken
from evenroll.records.streams import point_stream
from evenroll.records.supply_registry import put_status, put_supplier, registry_row
from evenroll.records.supply_taking import open_numbers, reject_request
from evenroll.records.unit_of_work import UnitOfWork


def supply_after_move(work: UnitOfWork, told: MoveTold) -> Answer:
    """With the day after the last one nobody's chosen supplier delivers there, and no block of an account stands.

    Otherwise the next occupant would be told of the supplier of who lived there before (row 2a). Nobody is told of it:
    whoever told it to us told the other one too. A request that came before the customer left ends; a later one is the
    next occupant's. What began at the usage point after that day stays. Refused where the sender has no part in it.
    """
    work.lock(point_stream(told.pod))
    row = registry_row(told.pod, on=work.business_on)
    if row is None or row.from_on > told.moved_on:
        return Taken(number=told.pod, state="unchanged")
    if work.actor.organization not in (row.utility, row.supplier):
        return Refusal(code=RefusalCode.POINT_NOT_OFFERED, parameters={"pod": told.pod})
    for number in open_numbers(work, told.pod):
        request = work.supply_request(number)
        if request is not None and request.received_on <= told.moved_on:
            reject_request(work, told.pod, number, code=RejectCode.ACCOUNT_NOT_ACTIVE)
    vacant_on = told.moved_on + timedelta(days=1)
    if row.supplier is not None:
        put_supplier(row, pod=told.pod, supplier=None, from_on=vacant_on)
    if row.status == "blocked":
        put_status(told.pod, status="active", on=vacant_on)
    return Taken(number=told.pod, state="moved", events=("supply_changed",) if row.supplier is not None else ())

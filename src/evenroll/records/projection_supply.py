"""The rows of supply requests and of PEVs at usage points, as their states tell them."""

from __future__ import annotations

from typing import Any

from psycopg import Cursor

from evenroll.enrollment.supply_request import SupplyRequest
from evenroll.enrollment.usage_point import UsagePoint
from evenroll.records.folds import written_state
from evenroll.records.projection import project_tracks
from evenroll.records.streams import StreamKind

Pen = Cursor[Any]

_REQUEST = """
INSERT INTO supply_request (organization_id, number, state, status, pod, requester, received_on, effective_on)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (organization_id, number) DO UPDATE SET state = excluded.state, status = excluded.status,
    effective_on = excluded.effective_on
"""

_PEV = """
INSERT INTO pev_at_point (organization_id, pod, case_number, provider, drivetrain, charger, basis, told_on)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (organization_id, pod, case_number) DO UPDATE SET provider = excluded.provider,
    drivetrain = excluded.drivetrain, charger = excluded.charger, basis = excluded.basis, told_on = excluded.told_on
"""


def project_supply(pen: Pen, organization_id: int, *, before: SupplyRequest | None, after: SupplyRequest) -> None:
    """Bring the row of a supply request, and its track, from one state to the other."""
    values = (
        organization_id,
        after.number,
        written_state(after),
        after.state.value,
        after.pod,
        after.requester,
        after.received_on,
        after.effective_on,
    )
    pen.execute(_REQUEST, values)
    stream = (organization_id, StreamKind.SUPPLY_REQUEST.value, after.number)
    project_tracks(pen, stream, before=before.tracks if before else {}, after=after.tracks)


def project_pevs(pen: Pen, organization_id: int, *, before: UsagePoint | None, after: UsagePoint) -> None:
    """Bring the rows of the PEVs at a usage point from one state to the other."""
    old = {each.case: each for each in before.pevs} if before else {}
    new = {each.case: each for each in after.pevs}
    for case in old.keys() - new.keys():
        pen.execute(
            "DELETE FROM pev_at_point WHERE organization_id = %s AND pod = %s AND case_number = %s",
            (organization_id, after.pod, case),
        )
    for case, pev in new.items():
        if old.get(case) != pev:
            codes = (pev.drivetrain.value, pev.charger.value, pev.basis.value)
            pen.execute(_PEV, (organization_id, after.pod, case, pev.provider, *codes, pev.told_on))

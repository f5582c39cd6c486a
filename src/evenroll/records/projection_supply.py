"""The rows of supply requests and of PEVs at usage points, as their states tell them."""

from __future__ import annotations

from evenroll.enrollment.supply_request import SupplyRequest
from evenroll.enrollment.usage_point import UsagePoint
from evenroll.records.folds import written_state
from evenroll.records.projection import project_tracks
from evenroll.records.row_batch import Put, Rows
from evenroll.records.streams import StreamKind

_REQUEST = Put(
    table="supply_request",
    columns=(
        ("number", "text"),
        ("state", "text"),
        ("status", "text"),
        ("pod", "text"),
        ("requester", "text"),
        ("received_on", "date"),
        ("effective_on", "date"),
    ),
    keys=1,
    updated=("state", "status", "effective_on"),
)

_PEV = Put(
    table="pev_at_point",
    columns=(
        ("pod", "text"),
        ("case_number", "text"),
        ("provider", "text"),
        ("drivetrain", "text"),
        ("charger", "text"),
        ("basis", "text"),
        ("told_on", "date"),
    ),
    keys=2,
)


def project_supply(batch: Rows, organization_id: int, *, before: SupplyRequest | None, after: SupplyRequest) -> None:
    """Bring the row of a supply request, and its track, from one state to the other."""
    values = (
        after.number,
        written_state(after),
        after.state.value,
        after.pod,
        after.requester,
        after.received_on,
        after.effective_on,
    )
    batch.put(_REQUEST, values)
    stream = (organization_id, StreamKind.SUPPLY_REQUEST.value, after.number)
    project_tracks(batch, stream, before=before.tracks if before else {}, after=after.tracks)


def project_pevs(batch: Rows, organization_id: int, *, before: UsagePoint | None, after: UsagePoint) -> None:
    """Bring the rows of the PEVs at a usage point from one state to the other."""
    old = {each.case: each for each in before.pevs} if before else {}
    new = {each.case: each for each in after.pevs}
    for case in old.keys() - new.keys():
        batch.run(
            "pev_at_point",
            "DELETE FROM pev_at_point WHERE organization_id = %s AND pod = %s AND case_number = %s",
            (organization_id, after.pod, case),
        )
    for case, pev in new.items():
        if old.get(case) != pev:
            codes = (pev.drivetrain.value, pev.charger.value, pev.basis.value)
            batch.put(_PEV, (after.pod, case, pev.provider, *codes, pev.told_on))

"""The rows of cases: what an event of a case changes in the tables. Replay runs the same code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import LiteralString

from evenroll.enrollment.case import Case
from evenroll.enrollment.case_events import PlaceReleased, PlaceReserved
from evenroll.enrollment.event import Event
from evenroll.enrollment.tracks import TrackState
from evenroll.records.folds import written_state
from evenroll.records.projection_equipment import project_equipment
from evenroll.records.row_batch import Put, Rows
from evenroll.records.streams import StreamKind

_CASE = Put(
    table="case_record",
    columns=(
        ("number", "text"),
        ("state", "text"),
        ("status", "text"),
        ("owner", "text"),
        ("due_at", "timestamptz"),
        ("program", "text"),
        ("program_version", "int"),
        ("pod", "text"),
        ("customer_id", "bigint"),
        ("follows", "text"),
        ("followed_by", "text"),
    ),
    keys=1,
)

# A wait that is written anew is free for any worker.
_TRACK = Put(
    table="track",
    columns=(
        ("stream_kind", "text"),
        ("stream_key", "text"),
        ("track_key", "text"),
        ("track", "text"),
        ("subject", "text"),
        ("state", "text"),
        ("since", "timestamptz"),
        ("owner", "text"),
        ("due_at", "timestamptz"),
        ("on_lapse", "text"),
        ("times", "int"),
        ("claimed_until", "timestamptz"),
    ),
    keys=3,
)

_TRACK_GONE: LiteralString = (
    "DELETE FROM track WHERE organization_id = %s AND stream_kind = %s AND stream_key = %s AND track_key = %s"
)

_PLACE = Put(
    table="place",
    columns=(
        ("case_number", "text"),
        ("family", "text"),
        ("unit_kind", "text"),
        ("unit_id", "text"),
        ("live", "boolean"),
        ("held", "boolean"),
    ),
    keys=4,
)

_VEHICLE = Put(
    table="vehicle",
    columns=(
        ("case_number", "text"),
        ("pevid", "text"),
        ("drivetrain", "text"),
        ("vin_known", "boolean"),
        ("answers", "bigint"),
    ),
    keys=0,
)

_RELEASE: LiteralString = (
    "UPDATE place SET live = false, held = false "
    "WHERE organization_id = %s AND case_number = %s AND (live OR held) AND %s IN ('', unit_id)"
)


def project_case(
    batch: Rows, organization_id: int, *, before: Case | None, after: Case, events: tuple[Event, ...]
) -> None:
    """Bring the rows of a case from the state before these events to the state after them."""
    course, chosen = after.course, after.chosen
    batch.put(
        _CASE,
        (
            after.number,
            written_state(after),
            course.state.value,
            course.owner,
            course.due_at,
            chosen.program if chosen else None,
            chosen.version if chosen else None,
            after.pod,
            after.proof.customer,
            after.follows,
            after.followed_by,
        ),
    )
    project_tracks(
        batch,
        (organization_id, StreamKind.CASE.value, after.number),
        before=before.tracks if before else {},
        after=after.tracks,
    )
    if (after.vehicles, after.answers) != ((before.vehicles, before.answers) if before else ((), 0)):
        _project_vehicles(batch, organization_id, before, after)
    for event in events:
        _project_place(batch, organization_id, after.number, event)
        project_equipment(batch, organization_id, after.number, event)


def project_tracks(
    batch: Rows,
    stream: tuple[int, str, str],
    *,
    before: Mapping[str, TrackState],
    after: Mapping[str, TrackState],
) -> None:
    """Bring the track rows of a stream up to date: changed ones written, gone ones deleted.

    stream: number of the organization, kind and key of the stream.
    """
    for key, track in after.items():
        if before.get(key) != track:
            batch.put(_TRACK, (*stream[1:], key, *_track_columns(track), None))
    for key in sorted(before.keys() - after.keys()):
        batch.run("track", _TRACK_GONE, (*stream, key))


def _track_columns(track: TrackState) -> tuple[object, ...]:
    return (
        track.track.value,
        track.subject,
        track.state.value,
        track.since,
        track.owner,
        track.due_at,
        track.on_lapse,
        track.times,
    )


def _project_vehicles(batch: Rows, organization_id: int, before: Case | None, case: Case) -> None:
    if before is not None and before.vehicles:
        gone = (organization_id, case.number)
        batch.run("vehicle", "DELETE FROM vehicle WHERE organization_id = %s AND case_number = %s", gone)
    for vehicle in case.vehicles:
        kept = vehicle.answers or case.answers
        batch.put(_VEHICLE, (case.number, vehicle.pevid, vehicle.drivetrain.value, vehicle.vin_known, kept))


def _project_place(batch: Rows, organization_id: int, number: str, event: Event) -> None:
    match event:
        case PlaceReserved():
            place = event.place
            live = place.live and not event.held
            batch.put(_PLACE, (number, place.family, place.unit.value, place.unit_key, live, event.held))
        case PlaceReleased():
            batch.run("place", _RELEASE, (organization_id, number, event.unit_key))
        case _:
            pass

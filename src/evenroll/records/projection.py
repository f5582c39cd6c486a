"""The rows of cases: what an event of a case changes in the tables. Replay runs the same code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from psycopg import Cursor

from evenroll.enrollment.case import Case
from evenroll.enrollment.case_events import PlaceReleased, PlaceReserved
from evenroll.enrollment.event import Event
from evenroll.enrollment.tracks import TrackState
from evenroll.records.folds import written_state
from evenroll.records.projection_equipment import project_equipment
from evenroll.records.streams import StreamKind

Pen = Cursor[Any]

_CASE = """
INSERT INTO case_record (organization_id, number, state, status, owner, due_at, program, program_version, pod,
    customer_id, follows, followed_by)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (organization_id, number) DO UPDATE SET state = excluded.state, status = excluded.status,
    owner = excluded.owner, due_at = excluded.due_at, program = excluded.program,
    program_version = excluded.program_version, pod = excluded.pod, customer_id = excluded.customer_id,
    follows = excluded.follows, followed_by = excluded.followed_by
"""

_TRACK = """
INSERT INTO track (organization_id, stream_kind, stream_key, track_key, track, subject, state, since, owner, due_at,
    on_lapse, times, claimed_until)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, NULL)
ON CONFLICT (organization_id, stream_kind, stream_key, track_key) DO UPDATE SET track = excluded.track,
    subject = excluded.subject, state = excluded.state, since = excluded.since, owner = excluded.owner,
    due_at = excluded.due_at, on_lapse = excluded.on_lapse, times = excluded.times, claimed_until = NULL
"""

_PLACE = """
INSERT INTO place (organization_id, case_number, family, unit_kind, unit_id, live) VALUES (%s, %s, %s, %s, %s, %s)
ON CONFLICT (organization_id, case_number, family, unit_kind, unit_id) DO UPDATE SET live = excluded.live
"""

_VEHICLE = """
INSERT INTO vehicle (organization_id, case_number, pevid, drivetrain, vin_known, answers)
VALUES (%s, %s, %s, %s, %s, %s)
"""

_RELEASE = (
    "UPDATE place SET live = false WHERE organization_id = %s AND case_number = %s AND live AND %s IN ('', unit_id)"
)


def project_case(
    pen: Pen, organization_id: int, *, before: Case | None, after: Case, events: tuple[Event, ...]
) -> None:
    """Bring the rows of a case from the state before these events to the state after them."""
    course, chosen = after.course, after.chosen
    pen.execute(
        _CASE,
        (
            organization_id,
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
        pen,
        (organization_id, StreamKind.CASE.value, after.number),
        before=before.tracks if before else {},
        after=after.tracks,
    )
    if (after.vehicles, after.answers) != ((before.vehicles, before.answers) if before else ((), 0)):
        _project_vehicles(pen, organization_id, after)
    for event in events:
        _project_place(pen, organization_id, after.number, event)
        project_equipment(pen, organization_id, after.number, event)


def project_tracks(
    pen: Pen,
    stream: tuple[int, str, str],
    *,
    before: Mapping[str, TrackState],
    after: Mapping[str, TrackState],
) -> None:
    """Bring the track rows of a stream up to date: changed ones written, gone ones deleted.

    stream: number of the organization, kind and key of the stream.
    """
    for key in before.keys() - after.keys():
        pen.execute(
            "DELETE FROM track WHERE organization_id = %s AND stream_kind = %s AND stream_key = %s AND track_key = %s",
            (*stream, key),
        )
    for key, track in after.items():
        if before.get(key) != track:
            pen.execute(_TRACK, (*stream, key, *_track_columns(track)))


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


def _project_vehicles(pen: Pen, organization_id: int, case: Case) -> None:
    pen.execute("DELETE FROM vehicle WHERE organization_id = %s AND case_number = %s", (organization_id, case.number))
    for vehicle in case.vehicles:
        kept = vehicle.answers or case.answers
        values = (organization_id, case.number, vehicle.pevid, vehicle.drivetrain.value, vehicle.vin_known, kept)
        pen.execute(_VEHICLE, values)


def _project_place(pen: Pen, organization_id: int, number: str, event: Event) -> None:
    match event:
        case PlaceReserved():
            place = event.place
            values = (organization_id, number, place.family, place.unit.value, place.unit_key)
            pen.execute(_PLACE, (*values, place.live))
        case PlaceReleased():
            pen.execute(_RELEASE, (organization_id, number, event.unit_key))
        case _:
            pass

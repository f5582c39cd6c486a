"""The rows of cases: what an event of a case changes in the tables. Replay runs the same code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from psycopg import Cursor
from psycopg.sql import SQL, Identifier, Placeholder

from evenroll.enrollment import life_events as life
from evenroll.enrollment.case import Case
from evenroll.enrollment.case_events import PlaceReleased, PlaceReserved
from evenroll.enrollment.event import Event
from evenroll.enrollment.tracks import TrackState
from evenroll.records.folds import written_state
from evenroll.records.streams import StreamKind

Pen = Cursor[Any]

_CASE = """
INSERT INTO case_record (organization_id, number, state, status, owner, due_at, program, program_version, pod,
    customer_id)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (organization_id, number) DO UPDATE SET state = excluded.state, status = excluded.status,
    owner = excluded.owner, due_at = excluded.due_at, program = excluded.program,
    program_version = excluded.program_version, pod = excluded.pod, customer_id = excluded.customer_id
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
INSERT INTO vehicle (organization_id, case_number, pevid, drivetrain, vin_known) VALUES (%s, %s, %s, %s, %s)
"""

_RELEASE = "UPDATE place SET live = false WHERE organization_id = %s AND case_number = %s AND live"

_DEVICE = """
INSERT INTO control_device (organization_id, case_number, device, kind, tested, test_cause)
VALUES (%s, %s, %s, %s, false, '')
ON CONFLICT (organization_id, case_number, device) DO UPDATE SET kind = excluded.kind
"""

_DEVICE_TESTED = """
UPDATE control_device SET tested = true, test_cause = %s
WHERE organization_id = %s AND case_number = %s AND device = %s
"""


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
        ),
    )
    project_tracks(
        pen,
        (organization_id, StreamKind.CASE.value, after.number),
        before=before.tracks if before else {},
        after=after.tracks,
    )
    if after.vehicle != (before.vehicle if before else None):
        _project_vehicle(pen, organization_id, after)
    for event in events:
        _project_things(pen, organization_id, after.number, event)


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


def _project_vehicle(pen: Pen, organization_id: int, case: Case) -> None:
    pen.execute("DELETE FROM vehicle WHERE organization_id = %s AND case_number = %s", (organization_id, case.number))
    if case.vehicle is not None:
        vehicle = case.vehicle
        values = (organization_id, case.number, vehicle.pevid, vehicle.drivetrain.value, vehicle.vin_known)
        pen.execute(_VEHICLE, values)


def _project_things(pen: Pen, organization_id: int, number: str, event: Event) -> None:
    told = _told_of_equipment(event)
    if told:
        _equipment(pen, organization_id, number, told)
        return
    match event:
        case PlaceReserved():
            place = event.place
            values = (organization_id, number, place.family, place.unit.value, place.unit_key)
            pen.execute(_PLACE, (*values, place.live))
        case PlaceReleased():
            pen.execute(_RELEASE, (organization_id, number))
        case life.DeviceRegistered():
            pen.execute(_DEVICE, (organization_id, number, event.device, event.kind))
        case life.DeviceTested():
            pen.execute(_DEVICE_TESTED, (event.cause, organization_id, number, event.device))
        case _:
            pass


def _told_of_equipment(event: Event) -> dict[str, object]:
    match event:
        case life.EquipmentChosen():
            return {"kind": event.kind.value, "outlet": event.outlet, "model": event.model}
        case life.EquipmentBought():
            return {"outlet": event.outlet, "bought_on": event.bought_on, "price": str(event.price)}
        case life.InstallationRecorded():
            installed = {"installer": event.installer.value, "installed_on": event.installed_on}
            return {**installed, "serial": event.serial, "permit": event.permit}
        case life.InspectionRecorded():
            return {"inspected_on": event.inspected_on, "inspection_passed": event.passed}
        case _:
            return {}


def _equipment(pen: Pen, organization_id: int, number: str, told: Mapping[str, object]) -> None:
    names = [Identifier(name) for name in told]
    pen.execute(
        SQL(
            "INSERT INTO charging_equipment (organization_id, case_number, {}) VALUES (%s, %s, {}) "
            "ON CONFLICT (organization_id, case_number) DO UPDATE SET {}"
        ).format(
            SQL(", ").join(names),
            SQL(", ").join([Placeholder()] * len(names)),
            SQL(", ").join(SQL("{0} = excluded.{0}").format(name) for name in names),
        ),
        (organization_id, number, *told.values()),
    )

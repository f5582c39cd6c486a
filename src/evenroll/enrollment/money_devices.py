"""What is earned once in the life of a device: the devices that a case has for it, and the span of each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from evenroll.enrollment.case import Case
from evenroll.enrollment.ledger import Ledger, device_key
from evenroll.enrollment.money_spans import MoneySpan
from evenroll.enrollment.tracks import State, track_key
from evenroll.programs.program import Track


@dataclass(frozen=True, kw_only=True, slots=True)
class DeviceSpan:
    """A device for which a span is to be judged. key: of the span; the device's number is in it where it is not alone.

    seen: the case with that device's track in place of the first one's.
    """

    device: str
    key: str
    seen: Case


def device_of(case: Case) -> str:
    """The device that a case enrolls, as it is told apart for life: by its number, else its vehicle, else its unit."""
    serial = case.equipment.serial if case.equipment else ""
    known = device_key(case.devices[0].device if case.devices else serial)
    if known:
        return known
    if case.vehicle is not None:
        return str(case.vehicle.pevid)
    return case.place.unit_key if case.place else str(case.number)


def devices_of(case: Case) -> tuple[str, ...]:
    """Every device of a case, each once, the first one first."""
    return tuple(dict.fromkeys((device_of(case), *(device_key(each.device) for each in case.devices))))


def device_spans(case: Case, ledger: Ledger, *, code: str, span: MoneySpan) -> Iterator[DeviceSpan]:
    """The devices of the case for which the span was not counted yet. One beside the first counts once it is live."""
    first = device_of(case)
    for device in devices_of(case):
        key = _key(ledger, code, span, device=device, first=first)
        seen = case if device == first else _as_first(case, device)
        if seen is not None and not is_counted(ledger, code, key):
            yield DeviceSpan(device=device, key=key, seen=seen)


def counted_spans(ledger: Ledger) -> frozenset[tuple[str, str]]:
    """The code and the span of everything that was earned or missed."""
    return frozenset((each.code, each.span) for each in (*ledger.credits, *ledger.missed))


def is_counted(ledger: Ledger, code: str, span: str) -> bool:
    """Whether a span was earned or missed."""
    return ledger.credit(code, span=span) is not None or any(
        (each.code, each.span) == (code, span) for each in ledger.missed
    )


def earned_here(ledger: Ledger, code: str, *, device: str) -> bool:
    """Whether the device earned it in this case before, for another span; one that was taken back stays its own."""
    return any((each.code, each.device) == (code, device) for each in ledger.credits)


def _key(ledger: Ledger, code: str, span: MoneySpan, *, device: str, first: str) -> str:
    """The span's own key for the first device; another that is first now, in its place, has one of its own."""
    credit = ledger.credit(code, span=span.key)
    missed = (each.device for each in ledger.missed if (each.code, each.span) == (code, span.key))
    counted_for = credit.device if credit is not None else next(missed, None)
    if counted_for is None:
        return span.key if device == first else f"{span.key}/{device}"
    # What was counted before devices were told apart, or for this one, is not counted again.
    return span.key if counted_for in ("", device) and device == first else f"{span.key}/{device}"


def _as_first(case: Case, device: str) -> Case | None:
    """The case as it looks with another device's track; None while that device is not live."""
    subject = next(each.subject for each in case.devices if device_key(each.device) == device)
    track = case.tracks.get(track_key(Track.DEVICE, subject=subject))
    if track is None or track.state is not State.LIVE:
        return None
    return replace(case, tracks={**case.tracks, Track.DEVICE.value: track})

"""`evenroll clock`: the business clock of a demo database."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Final

import typer

from evenroll.runtime.cli_exit import refused, wrong_use
from evenroll.runtime.cli_session import asked, session
from evenroll.runtime.output_console import Output
from evenroll.runtime.output_times import beside_utc

_SPAN: Final = re.compile(r"(?P<count>\d{1,4})(?P<unit>[mhdw])")
AHEAD_MAX: Final = timedelta(days=3652)
"""How far the clock of a demo goes ahead at once: ten years."""

_UNITS: Final = {
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
}


def clock(
    advance: Annotated[str, typer.Option("--advance", metavar="3d", help="Forward by 90m, 4h, 3d or 2w.")] = "",
    to: Annotated[str, typer.Option("--set", metavar="DATE", help="Forward to noon UTC of a day.")] = "",
) -> None:
    """Show the business clock, or move it forward (demo databases only).

    Example: evenroll --demo clock --advance 3d
    """
    if advance and to:
        raise wrong_use("--advance and --set cannot stand together. Say one of them.")
    output = Output(json=asked.json)
    with session():
        from evenroll.records.business_clock import set_demo_now
        from evenroll.records.organizations import organization_keys
        from evenroll.runtime.demo_reads import read_meters

        before = _demo_clock(moving=bool(advance or to))
        now = before
        if before is not None and (advance or to):
            now = _moved(before, advance=advance, to=to)
            set_demo_now(now)
            read_meters(now)
        shown = now or datetime.now(UTC)
        told = beside_utc(shown, organizations=organization_keys())
    output.data({"now": shown, "is_demo": before is not None, "before": before})
    whose = "" if before else ", the clock of this machine"
    output.say(f"The business clock stands at {told}{whose}.")
    if now != before:
        output.say("Run `evenroll --demo worker --once` for what has come due.")


def parse_span(text: str) -> timedelta:
    """A span such as 90m, 4h, 3d or 2w. Raises CommandEnded."""
    match = _SPAN.fullmatch(text.strip().lower())
    if match is None or int(match["count"]) == 0:
        raise wrong_use(f"{text!r} is no span of time. Write 90m, 4h, 3d or 2w.")
    return int(match["count"]) * _UNITS[match["unit"]]


def _demo_clock(*, moving: bool) -> datetime | None:
    from evenroll.records.business_clock import demo_now

    found = demo_now()
    if found is None and moving:
        raise refused(
            "The business clock moves only in a demo database, and this is none: its clock is the one of this machine. "
            "Run `evenroll demo`, then `evenroll --demo clock ...`.",
            reason="not_a_demo",
        )
    return found


def _moved(before: datetime, *, advance: str, to: str) -> datetime:
    now = before + parse_span(advance) if advance else _noon_of(to)
    if now < before:
        raise refused(
            f"The business clock stands at {before:%Y-%m-%d %H:%M} UTC and never goes back: what was decided then was "
            "decided. Choose a later day, or run `evenroll demo` again.",
            reason="clock_backwards",
        )
    if now > before + AHEAD_MAX:
        raise refused(
            f"The business clock stands at {before:%Y-%m-%d %H:%M} UTC and goes ahead by ten years at most, as it "
            f"never goes back. Choose a day up to {before + AHEAD_MAX:%Y-%m-%d}.",
            reason="clock_too_far",
        )
    return now


def _noon_of(to: str) -> datetime:
    try:
        day = date.fromisoformat(to)
    except ValueError:
        raise wrong_use(f"{to!r} is no day. Write it as 2026-04-01.") from None
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)

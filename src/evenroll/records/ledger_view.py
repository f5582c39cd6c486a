"""The ledger of a case as doors show it: credits, events, what is left of opt-outs and events, a protection."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from evenroll.enrollment.case import Case
from evenroll.enrollment.event_terms import Planned, events_left
from evenroll.enrollment.ledger import Ledger, counted_usd, owed_back_usd
from evenroll.enrollment.ledger_track import PROTECTION
from evenroll.enrollment.money_rules import opt_outs_left
from evenroll.enrollment.tracks import State, track_key
from evenroll.programs.program import ProgramVersion, Track
from evenroll.programs.program_terms import EventTerms
from evenroll.quantities.calendars import ServiceCalendar


@dataclass(frozen=True, kw_only=True, slots=True)
class EventsLeft:
    """How many events a limit still allows now. per: a code of `program_terms.Grid`."""

    per: str
    left: int
    limit: int


@dataclass(frozen=True, kw_only=True, slots=True)
class LedgerView:
    """What is shown. opt_outs_left: absent where there is no limit. protected_until: absent where nothing is."""

    ledger: Ledger
    counted_usd: Decimal
    owed_back_usd: Decimal
    opt_outs_left: int | None = None
    opt_outs_max: int | None = None
    events_left: tuple[EventsLeft, ...] = ()
    protected_until: date | None = None

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to show."""
        nothing_happened = not (self.ledger.credits or self.ledger.events or self.ledger.missed)
        return nothing_happened and self.opt_outs_max is None and not self.events_left and not self.protected_until


def view_ledger(case: Case, *, program: ProgramVersion | None, now: datetime, calendar: ServiceCalendar) -> LedgerView:
    """The ledger with what the program's own terms leave of it."""
    terms = program.events if program else None
    today = calendar.business_date(now)
    return LedgerView(
        ledger=case.ledger,
        counted_usd=counted_usd(case.ledger),
        owed_back_usd=owed_back_usd(case.ledger),
        opt_outs_left=opt_outs_left(case.ledger, terms=terms, on=today) if terms else None,
        opt_outs_max=terms.opt_outs_max if terms else None,
        events_left=_events_left(case.ledger, terms, now=now, calendar=calendar) if terms else (),
        protected_until=_protected_until(case, calendar),
    )


def _events_left(
    ledger: Ledger, terms: EventTerms, *, now: datetime, calendar: ServiceCalendar
) -> tuple[EventsLeft, ...]:
    others = [
        Planned(starts_at=each.starts_at, ends_at=each.ends_at) for each in ledger.events if not each.is_cancelled
    ]
    return tuple(
        EventsLeft(
            per=each.per.value,
            left=max(events_left(now, limit=each, terms=terms, others=others, calendar=calendar), 0),
            limit=each.events_max,
        )
        for each in terms.limits
    )


def _protected_until(case: Case, calendar: ServiceCalendar) -> date | None:
    track = case.tracks.get(track_key(Track.LEDGER, subject=PROTECTION))
    if track is None or track.state is not State.PROTECTED or track.due_at is None:
        return None
    return track.due_at.astimezone(ZoneInfo(calendar.zone)).date()

"""Cases that another run has in hand, or was broken off with: until when nobody else takes them on."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from evenroll.enrollment.form import Language
from evenroll.quantities.identifiers import CaseNumber, OrganizationKey
from evenroll.records.models import TrackRecord
from evenroll.records.organizations import open_organization


def held_until(
    numbers: Iterable[CaseNumber], *, organizations: Iterable[OrganizationKey], now: datetime
) -> dict[CaseNumber, datetime]:
    """Until when, by the database's own clock, the cases among these are held whose work is due.

    now: the business clock, by which work is due. Outside any transaction.
    """
    wanted = tuple(numbers)
    found: dict[CaseNumber, datetime] = {}
    for key in organizations if wanted else ():
        with open_organization(key) as opened:
            held = TrackRecord.objects.filter(
                stream_kind="case", stream_key__in=wanted, due_at__lte=now, claimed_until__gt=opened.wall_at
            )
            for number, until in held.values_list("stream_key", "claimed_until"):
                found[CaseNumber(number)] = max(until, found.get(CaseNumber(number), until))
    return found


def held_text(until: datetime, *, language: Language) -> str:
    """The sentence for a case that is held."""
    at = until.astimezone(UTC).strftime("%H:%M:%S UTC")
    if language is Language.ES:
        return (
            f"Otra ejecución tiene este caso en sus manos, o se interrumpió con él, hasta las {at}. Después lo "
            "continúa `evenroll worker --once`."
        )
    return (
        f"Another run has this case in hand, or was broken off with it, until {at}. After that "
        "`evenroll worker --once` takes it on."
    )

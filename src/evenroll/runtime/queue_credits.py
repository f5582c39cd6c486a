"""The credits that wait for a person, as rows of `evenroll queue`: one for each case and act."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from evenroll.enrollment.credit_duties import CreditWait
from evenroll.pages.formats import money
from evenroll.quantities.identifiers import OrganizationKey
from evenroll.runtime.cli_options import StaffRole


def credit_rows(key: OrganizationKey, *, role: StaffRole | None, limit: int, now: datetime) -> list[dict[str, Any]]:
    """What is owed to the credits of one organization, the most urgent first.

    What is overdue waits on the supervisor, and stays in sight of whose it was.
    """
    from evenroll.enrollment.form import Language
    from evenroll.records.credit_queue import waiting_credits
    from evenroll.records.organizations import open_organization

    with open_organization(key):
        found = [each for each in waiting_credits() if role is None or role.value in _seen_by(each[1], now)]
    found.sort(key=lambda each: (each[1].due_at, each[0]))
    return [
        {
            "organization": key,
            "record": "case",
            "number": number,
            "track": f"credits ({wait.count}, {money(wait.usd, language=Language.EN)})",
            "state": wait.duty.value,
            "role": wait.owner_at(now).value,
            "since": wait.since,
            "due_at": wait.due_at,
            "on_lapse": None,
            "overdue": wait.due_at < now,
            "commands": [each.value for each in wait.rule.commands],
            "backstop": False,
            "credits": wait.count,
            "usd": wait.usd,
        }
        for number, wait in found[:limit]
    ]


def _seen_by(wait: CreditWait, now: datetime) -> set[str]:
    return {wait.rule.owner.value, wait.owner_at(now).value}

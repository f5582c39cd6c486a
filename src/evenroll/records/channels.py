"""Channels of messages that customers refused: the latest choice holds, and all stand, with who made them."""

from __future__ import annotations

from datetime import datetime

from evenroll.enrollment.case import Case
from evenroll.enrollment.notices import MessageChannel
from evenroll.records.organizations import current, cursor


def subject_of(case: Case) -> str:
    """Whose choice it is: the customer's, for all their cases; before somebody is proved that of the one case."""
    customer = case.proof.customer
    return f"case/{case.number}" if customer is None else f"customer/{customer}"


def choose(case: Case, *, channel: MessageChannel, refused: bool, by: str, at: datetime) -> None:
    """Keep that a channel is refused, or wanted again. Said twice it is kept once."""
    if is_refused(case, channel=channel) == refused:
        return
    with cursor() as pen:
        pen.execute(
            "INSERT INTO channel_choice (organization_id, subject, channel, refused, by, at) "
            "VALUES (%s, %s, %s, %s, %s, %s)",
            (current().id, subject_of(case), channel.value, refused, by, at),
        )


def is_refused(case: Case, *, channel: MessageChannel) -> bool:
    """Whether messages of this case may not go by this channel: the latest of what was said of case and customer."""
    with cursor() as pen:
        row = pen.execute(
            "SELECT refused FROM channel_choice WHERE organization_id = %s AND subject = ANY(%s) AND channel = %s "
            "ORDER BY id DESC LIMIT 1",
            (current().id, [subject_of(case), f"case/{case.number}"], channel.value),
        ).fetchone()
    return bool(row and row[0])

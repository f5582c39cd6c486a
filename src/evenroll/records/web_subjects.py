"""Who signs in, known by a keyed hash, and the number by which all sessions of one can be ended at once."""

from __future__ import annotations

from django.db import connection

from evenroll.records.keys import current_keys

_ENDED = "UPDATE web_sign_in SET ended_at = now() WHERE subject = %s AND ended_at IS NULL"
_EPOCH = "SELECT epoch FROM web_subject WHERE subject = %s"
_END = (
    "INSERT INTO web_subject AS held (subject, epoch) VALUES (%s, 1) "
    "ON CONFLICT (subject) DO UPDATE SET epoch = held.epoch + 1"
)


def subject_of_address(email: str) -> str:
    """The subject of a customer, by an address of e-mail that is normalized already."""
    return current_keys().web_hash("subject-address", text=email)


def subject_of_user(user: str) -> str:
    """The subject of one of the staff, by the key of the user."""
    return current_keys().web_hash("subject-user", text=user)


def epoch_of(subject: str) -> int:
    """The epoch whose sessions go on."""
    with connection.cursor() as pen:
        pen.execute(_EPOCH, (subject,))
        row = pen.fetchone()
    return 0 if row is None else int(row[0])


def end_sessions(subject: str) -> None:
    """End every session of this subject, wherever it is."""
    with connection.cursor() as pen:
        pen.execute(_END, (subject,))
        pen.execute(_ENDED, (subject,))

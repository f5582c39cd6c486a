"""Letters that somebody asked the web for, carried on their way: once, later again, or given up without a trace."""

from __future__ import annotations

import logging
from typing import Final

from evenroll.ports.mail import HeaderUnsafe, Letter, MailNotTaken, MailRoom
from evenroll.records.log_lines import LogCode, LogLine, request_scope, tell, tell_failure
from evenroll.records.web_letters import WebLetter, claim_letters, forget_letter, put_off
from evenroll.worker.installation import Installation

_AT_ONCE: Final = 10
LETTERS_AT_ONCE: Final = 50
"""After a run of the driver; the next run carries the next."""


def send_web_letters(installation: Installation, *, limit: int = LETTERS_AT_ONCE) -> int:
    """Carry what is due by the wall clock; how many were taken. Nothing is touched where no mail goes out.

    Whoever dies between sending and forgetting sends that letter once more under the same message id.
    """
    if installation.mail is None:
        return 0
    sent = handled = 0
    while handled < limit:
        claimed = claim_letters(limit=min(_AT_ONCE, limit - handled))
        for each in claimed:
            with request_scope():
                sent += _sent(installation.mail, each)
        handled += len(claimed)
        if not claimed:
            break
    return sent


def _sent(room: MailRoom, kept: WebLetter) -> bool:
    try:
        room.post.send(_letter(room, kept))
    except MailNotTaken as error:
        _put_off(kept, why=error.why, is_final=error.is_final)
        return False
    except HeaderUnsafe:
        _put_off(kept, why="header_unsafe", is_final=True)
        return False
    except Exception as error:  # the next one must not suffer from this one
        tell_failure(LogLine(code=LogCode.FAILED, of="web_letter"), error)
        _put_off(kept, why="failed", is_final=False)
        return False
    forget_letter(kept)
    tell(LogLine(code=LogCode.LETTER_SENT, count=kept.attempts))
    return True


def _letter(room: MailRoom, kept: WebLetter) -> Letter:
    return Letter(
        to=kept.parts["to"],
        subject=kept.parts["subject"],
        text=kept.parts["text"],
        html=kept.parts["html"],
        language=kept.parts["language"],
        message_id=f"<{kept.number}@{room.domain}>",
    )


def _put_off(kept: WebLetter, *, why: str, is_final: bool) -> None:
    if is_final:
        forget_letter(kept)
    comes_again = not is_final and put_off(kept)
    code = LogCode.LETTER_AWAY if comes_again else LogCode.LETTER_GIVEN_UP
    tell(LogLine(code=code, outcome=why, count=kept.attempts), level=logging.WARNING)

"""Mail: one letter to one address, taken by whoever carries it, or not."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final, Protocol

SUBJECT_MAX: Final = 78
"""Characters; more is cut by mail programs. Source: RFC 5322, 2.1.1."""

_ADDRESS: Final = re.compile(
    r"[^\s\x00-\x1f\x7f@,;:<>()\[\]\"\\]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?"
)
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029]")


class HeaderUnsafe(ValueError):
    """What was to stand in the head of a letter would have begun another line of it. Its text is not repeated."""


class MailNotTaken(Exception):
    """The letter was not taken. why: a code; is_final: it will not be taken later either."""

    def __init__(self, why: str, *, is_final: bool = False) -> None:
        super().__init__(f"The letter was not taken ({why}). Look whether the mail server is reached and takes it.")
        self.why = why
        self.is_final = is_final


@dataclass(frozen=True, kw_only=True, slots=True)
class Letter:
    """One mail. message_id: by which a letter that comes twice is known again. sender_name: shown beside the sender.

    stop_link: the address that ends such letters by one POST, "" for those that nobody subscribes to.

    Raises HeaderUnsafe for a subject, a name, an address or an id that would break out of its line.
    """

    to: str = field(repr=False)
    subject: str
    text: str = field(repr=False)
    html: str = field(repr=False)
    message_id: str
    language: str
    sender_name: str = ""
    stop_link: str = ""

    def __post_init__(self) -> None:
        heads = (self.subject, self.message_id, self.sender_name, self.language, self.stop_link)
        if any(_CONTROL.search(each) for each in heads) or not is_address(self.to):
            raise HeaderUnsafe(
                "A subject, a name or an address holds a line break or another sign that may not stand in the head of "
                "a mail. Nothing was sent; correct where it comes from."
            )


class Post(Protocol):
    """A way for letters."""

    def send(self, letter: Letter) -> None:
        """Have it carried. It may come twice where the sender dies in between. Raises MailNotTaken."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class MailRoom:
    """What mail needs to go out. site: the public address of the web, without a stroke at its end.

    write_to: where answers go. domain: of message ids.
    """

    post: Post
    site: str
    write_to: str
    domain: str


def is_address(text: str) -> bool:
    """Whether mail can be sent there: one address, and nothing that could be more than one, or a line of its own."""
    return _ADDRESS.fullmatch(text) is not None and ".." not in text

"""A territory whose mail goes to a box that tests look into."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from evenroll.ports.mail import Letter, MailNotTaken, MailRoom
from tests.territory import Territory, new_territory

SITE = "https://enroll.example.test"


@dataclass(kw_only=True)
class Box:
    """A way for letters that keeps them. away: why it takes none, "" where it does; before: is done before each."""

    letters: list[Letter] = field(default_factory=list[Letter])
    away: str = ""
    is_final: bool = False
    before: Callable[[Letter], None] | None = None
    after: Callable[[Letter], None] | None = None

    def send(self, letter: Letter) -> None:
        if self.before:
            self.before(letter)
        if self.away:
            raise MailNotTaken(self.away, is_final=self.is_final)
        self.letters.append(letter)
        if self.after:
            self.after(letter)


def room(box: Box) -> MailRoom:
    return MailRoom(post=box, site=SITE, write_to="help@example.test", domain="example.test")


def mailing_territory() -> tuple[Territory, Box]:
    box = Box()
    territory = new_territory(partners={"mail": room(box)})
    return territory, box

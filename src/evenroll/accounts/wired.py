"""What the web is handed by whoever starts it: the installation that its commands are given to, and the clock."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from evenroll.partners.openid_sign_in import Provider
from evenroll.quantities.identifiers import OrganizationKey
from evenroll.worker.installation import Installation


class NotWired(RuntimeError):
    """A page was asked before the web was handed what it works with."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Mail:
    """A letter of the sign-in to one address; personal."""

    to: str = field(repr=False)
    subject: str
    text: str = field(repr=False)
    language: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Wired:
    """installation: with all partners; now: the business clock, in a demo the demo's.

    utility_at: whose wires are at a postal code; None where that is not known, for nobody's is guessed.
    providers: the organizations' own sign-ins, by key.
    post: takes a letter to its address; None where no mail is set up, and nobody signs in by a code.
    """

    installation: Callable[[], Installation]
    now: Callable[[], datetime]
    utility_at: Callable[[str], OrganizationKey | None] = lambda _: None
    post: Callable[[Mail], None] | None = None
    providers: Mapping[str, Provider] = field(default_factory=dict[str, Provider])


@dataclass(slots=True)
class _Held:
    wired: Wired | None = None


_held = _Held()


def use_wired(wired: Wired) -> None:
    """Give this process what pages work with; called by whoever starts the web."""
    _held.wired = wired


def installation() -> Installation:
    """The installation, for `worker.giving.give` and its neighbors. Raises NotWired."""
    return _wired().installation()


def business_now() -> datetime:
    """What the business clock shows: the `now` that every command and query of a page is given. Raises NotWired."""
    return _wired().now()


def utility_at(postal_code: str) -> OrganizationKey | None:
    """Whose wires are at a postal code; None where that is not known. Raises NotWired."""
    return _wired().utility_at(postal_code)


def providers() -> Mapping[str, Provider]:
    """The organizations' own sign-ins, by key. Raises NotWired."""
    return _wired().providers


def has_post() -> bool:
    """Whether mail is set up. Raises NotWired."""
    return _wired().post is not None


def post(mail: Mail) -> None:
    """Have a letter carried; where no mail is set up, nobody gets it. Raises NotWired, and what the carrier raises."""
    carry = _wired().post
    if carry is not None:
        carry(mail)


def _wired() -> Wired:
    if _held.wired is None:
        raise NotWired("The web was not handed an installation. Start it by `evenroll serve`, or call use_wired.")
    return _held.wired

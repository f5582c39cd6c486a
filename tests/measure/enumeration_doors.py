"""The doors at which somebody could learn who is known here, and who knocks at them: as many known as unknown."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from evenroll.quantities.identifiers import CaseNumber
from tests.measure.enumeration_asking import Prober
from tests.territory import Territory
from tests.territory_books import Premise

CUSTOMERS = 20
"""So many have all the addresses that are known between them."""
TRIES_OF_AN_ACCOUNT = 4
"""Fewer than the door lets pass within an hour."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Knock:
    """One try. subject: what is known or is not, or who has it in hand."""

    is_known: bool
    subject: str


@dataclass(frozen=True, kw_only=True, slots=True)
class DoorTried:
    """A door. lanes: how many knock at once; knocks: in their order; done: what one does there."""

    name: str
    lanes: int
    knocks: Sequence[Knock]
    done: Callable[[Prober, Knock], None]


def doors(territory: Territory, *, each: int) -> Sequence[DoorTried]:
    """All doors. each: how many knock at each of them, half of them known."""
    half = each // 2
    return (
        DoorTried(name="sign-in code", lanes=1, knocks=_mixed(*_addresses(territory, half)), done=_code_asked),
        DoorTried(name="row 2, premise", lanes=4, knocks=_mixed(*_supplied(territory, half)), done=_sent),
        DoorTried(name="row 4a, sending", lanes=4, knocks=_mixed(*_accounts(territory, half)), done=_sent),
        DoorTried(name="code of a letter", lanes=4, knocks=_mixed(*_codes(half)), done=_code_tried),
    )


def _mixed(known: Sequence[str], unknown: Sequence[str]) -> Sequence[Knock]:
    knocks = [Knock(is_known=True, subject=each) for each in known]
    knocks += [Knock(is_known=False, subject=each) for each in unknown]
    secrets.SystemRandom().shuffle(knocks)
    return knocks


def _code_asked(prober: Prober, knock: Knock) -> None:
    """Ask for a code, guess one, and see whether the site is busier for it."""
    prober.look("/sign-in")
    prober.send("/sign-in", {"email": knock.subject}, step="asked", status=302)
    prober.look("/sign-in/code", step="page")
    prober.send("/sign-in/code", {"code": "00000000"}, step="guessed", status=200)
    prober.look("/sign-in", step="afterwards")


def _sent(prober: Prober, knock: Knock) -> None:
    """Send an application that is answered whole, and read what is said of it."""
    prober.cookies["session"] = knock.subject
    prober.look("/enroll/check")
    prober.send("/enroll/check", {}, step="sent", status=302)
    prober.look("/enroll/done", step="confirmed")
    prober.look("/enroll/sent", step="afterwards")


def _code_tried(prober: Prober, knock: Knock) -> None:
    prober.look("/enroll/back")
    prober.send("/enroll/back", {"code": knock.subject}, step="tried", status=200)


def _addresses(territory: Territory, half: int) -> tuple[list[str], list[str]]:
    """Addresses of e-mail: on file with a customer who has a case, and of nobody."""
    from evenroll.quantities.identifiers import CustomerId
    from tests.web.signing import new_address, put_on_file

    numbers = [territory.apply(territory.premise()) for _ in range(min(CUSTOMERS, half))]
    territory.run()
    known = [new_address() for _ in range(half)]
    for place, address in enumerate(known):
        customer = territory.case(territory.utility, CaseNumber(numbers[place % len(numbers)])).proof.customer
        assert customer is not None
        put_on_file(territory.utility, CustomerId(customer), address)
    return known, [new_address() for _ in range(half)]


def _accounts(territory: Territory, half: int) -> tuple[list[str], list[str]]:
    """Applications for an account that is in the books, and for one that is in nobody's."""
    premises = _premises(territory, half)
    known = [premises[place % len(premises)] for place in range(half)]
    unknown = [replace(each, account_number=f"A-{secrets.token_hex(5)}") for each in known]
    return _applications(territory, known), _applications(territory, unknown)


def _supplied(territory: Territory, half: int) -> tuple[list[str], list[str]]:
    """Applications for premises whom somebody else supplies, and for those of the utility itself."""
    others, own = _premises(territory, half, supplier=territory.esco), _premises(territory, half)
    known, unknown = ([found[place % len(found)] for place in range(half)] for found in (others, own))
    return _applications(territory, known), _applications(territory, unknown)


def _premises(territory: Territory, half: int, **how: Any) -> list[Premise]:
    return [territory.premise(**how) for _ in range(-(-half // TRIES_OF_AN_ACCOUNT))]


def _applications(territory: Territory, premises: Sequence[Premise]) -> list[str]:
    """Sessions of browsers that have an application in hand with every question answered, one for each."""
    from evenroll.records.drafts import begin_draft, read_draft
    from tests.web.enrolling import Enrolling

    model = Enrolling(territory)
    model.begin()
    model.answer_all(premises[0])
    number = model.client.session["draft"]
    drafted = read_draft(number, at=datetime.now(tz=UTC))
    assert drafted is not None
    before = drafted.drafted
    return [
        _in_hand(begin_draft(replace(before, cells=_cells(before.cells, each)), at=datetime.now(tz=UTC)).number)
        for each in premises
    ]


def _cells(before: Mapping[str, str], premise: Premise) -> dict[str, str]:
    """The answers of one applicant, told with the fields of another."""
    said = {field.value: text for field, text in premise.answers().items()}
    return {**before, **{name: text for name, text in said.items() if name in before}}


def _in_hand(draft: str) -> str:
    """A session with this draft, as `portal.enroll_drafts.take_up` makes it."""
    from django.http import HttpRequest

    from evenroll.portal.enroll_drafts import take_up
    from evenroll.records.web_sessions import SessionStore

    request = HttpRequest()
    request.session = SessionStore()
    take_up(request, draft)
    request.session.save()
    return str(request.session.session_key)


def _codes(half: int) -> tuple[list[str], list[str]]:
    """Codes of applications that are over, and codes of nothing."""
    from evenroll.records.drafts import KEPT, Drafted, begin_draft, code_of

    long_ago = datetime.now(tz=UTC) - KEPT * 2
    known = [code_of(begin_draft(Drafted(), at=long_ago).number) for _ in range(half)]
    return known, [code_of(secrets.token_hex(16)) for _ in range(half)]

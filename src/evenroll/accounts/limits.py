"""How often something may be tried at a door: by what it is about from one network, by either alone.

What it is about is counted with the network first, and alone only far above that: who tries much at an address that is
not theirs then shuts out the own network, and not whoever the address belongs to.

Counted in the database under keyed hashes, so that all processes count together and a restart forgets nothing. Whoever
is over a limit is told what anybody is told whose try was in vain; a lockout never tells, and leaves other ways open.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from types import MappingProxyType

from django.conf import settings
from django.http import HttpRequest

from evenroll.records.web_counts import Counted, count, end_of

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
_PREFIX_V4, _PREFIX_V6 = 24, 48
_NOWHERE = "nowhere"


class Door(StrEnum):
    """Where attempts are counted, each apart from the others."""

    CODE_ASKED = "code_asked"
    CODE_TRIED = "code_tried"
    STAFF = "staff"
    PASSKEY = "passkey"
    INVITATION = "invitation"
    OWN_SIGN_IN = "own_sign_in"
    RESUME = "resume"
    SEARCH = "search"
    PROOF = "proof"
    BEGIN = "begin"
    UPLOAD = "upload"
    MAILED = "mailed"


@dataclass(frozen=True, kw_only=True, slots=True)
class Limit:
    """At most so many within this time, from the first one on."""

    most: int
    within: timedelta


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """about: for one account, address of e-mail, draft or user; network: for a /24 or /48 of addresses; here: for both.

    Where there is a limit here, about is for all networks together, and far above it.
    """

    here: tuple[Limit, ...] = ()
    about: tuple[Limit, ...] = ()
    network: tuple[Limit, ...] = ()


_TOLD = Limits(
    about=(Limit(most=5, within=_HOUR), Limit(most=20, within=_DAY)),
    network=(Limit(most=60, within=_HOUR), Limit(most=400, within=_DAY)),
)
_GUESSED = Limits(about=_TOLD.about, network=(Limit(most=120, within=_HOUR), Limit(most=600, within=_DAY)))

LIMITS: Mapping[Door, Limits] = MappingProxyType(
    {
        Door.CODE_ASKED: Limits(
            here=_TOLD.about,
            about=(Limit(most=15, within=_HOUR), Limit(most=60, within=_DAY)),
            network=_TOLD.network,
        ),
        Door.CODE_TRIED: Limits(network=_GUESSED.network),
        Door.STAFF: Limits(
            here=(Limit(most=10, within=_HOUR), Limit(most=40, within=_DAY)),
            about=(Limit(most=100, within=_HOUR), Limit(most=400, within=_DAY)),
            network=_GUESSED.network,
        ),
        Door.PASSKEY: Limits(network=_GUESSED.network),
        Door.INVITATION: Limits(network=_TOLD.network),
        Door.OWN_SIGN_IN: Limits(network=_GUESSED.network),
        Door.RESUME: Limits(network=(Limit(most=20, within=_HOUR), Limit(most=100, within=_DAY))),
        Door.SEARCH: Limits(about=(Limit(most=300, within=_HOUR),)),
        Door.PROOF: Limits(
            here=_TOLD.about,
            about=(Limit(most=15, within=_HOUR), Limit(most=60, within=_DAY)),
            network=_TOLD.network,
        ),
        Door.BEGIN: Limits(network=(Limit(most=300, within=_HOUR), Limit(most=2000, within=_DAY))),
        Door.UPLOAD: Limits(network=(Limit(most=60, within=_HOUR), Limit(most=300, within=_DAY))),
        Door.MAILED: _TOLD,
    }
)
"""Each number is an operator's trade: honest people beneath it, and who tries many things above it. What they leave to
who guesses is worked out in decision 40."""


def may_try(request: HttpRequest, *, door: Door, at: datetime, about: str = "") -> bool:
    """Count one attempt, and say whether it is within every limit of the door. Outside of any open organization.

    about: what is tried, such as an account number; kept as a keyed hash alone. at: the wall clock.
    """
    counted = _counted(request, door=door, about=about)
    if not counted:
        return True
    return all(number <= counted[each] for each, number in count(tuple(counted), at=at).items())


def free_at(request: HttpRequest, *, door: Door, at: datetime, about: str = "") -> datetime | None:
    """When who was refused may try again, for all that is counted; None for who may now. Counts nothing."""
    ends = [end_of(each, most=most, at=at) for each, most in _counted(request, door=door, about=about).items()]
    return max((each for each in ends if each is not None), default=None)


def _counted(request: HttpRequest, *, door: Door, about: str) -> dict[Counted, int]:
    """What is counted, each with the most there may be."""
    limits = LIMITS[door]
    counted: dict[Counted, int] = {}
    if about:
        key = f"{door}/about/{about}"
        counted |= {Counted(key=key, within=limit.within): limit.most for limit in limits.about}
        key = f"{door}/here/{network_of(request)}/{about}"
        counted |= {Counted(key=key, within=limit.within): limit.most for limit in limits.here}
    key = f"{door}/network/{network_of(request)}"
    return counted | {Counted(key=key, within=limit.within): limit.most for limit in limits.network}


def network_of(request: HttpRequest) -> str:
    """The /24 or /48 of who asks, as far as it can be believed."""
    address = _address(request)
    match address:
        case None:
            return _NOWHERE
        case IPv4Address():
            return str(ip_network((address, _PREFIX_V4), strict=False))
        case IPv6Address():
            return str(ip_network((address, _PREFIX_V6), strict=False))


def _address(request: HttpRequest) -> IPv4Address | IPv6Address | None:
    try:
        found = ip_address(_said_by_the_outermost(request))
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return mapped or found


def _said_by_the_outermost(request: HttpRequest) -> str:
    """What the outermost proxy of ours saw. What stands further left was said by whoever asks, and is not believed."""
    peer = str(request.META.get("REMOTE_ADDR", ""))
    proxies: int = settings.EVENROLL_WEB_PROXIES
    said = [each.strip() for each in str(request.META.get("HTTP_X_FORWARDED_FOR", "")).split(",") if each.strip()]
    return said[-proxies] if 0 < proxies <= len(said) else peer

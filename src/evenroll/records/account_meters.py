"""What every meter of an account can tell apart: a program may demand all of them, not only the one at the car."""

from __future__ import annotations

from collections.abc import Sequence

from evenroll.enrollment.eligibility_facts import NOT_TOLD, Told, told
from evenroll.programs.program import MeterCapability
from evenroll.quantities.identifiers import AccountId, PodId
from evenroll.records import register
from evenroll.records.foreseen import Fact, looked_up
from evenroll.records.organizations import current, cursor


def account_meters(account: AccountId | None, *, pod: PodId, in_place: MeterCapability | None) -> Told:
    """The capabilities of all meters of the account, in the open organization; not told where one is not known.

    in_place: of the meter at the case's own usage point, as the utility says; a supplier's books have no meters, so an
    account of several usage points stays unknown there.
    """
    found = register.account(current().key, account_id=account) if account else None
    if found is None or in_place is None:
        return NOT_TOLD
    others = tuple(each for each in found.pods if each != pod)
    known = _meters_at(others) if others else {}
    if set(known) != set(others):
        return NOT_TOLD
    return told(in_place.value, *known.values())


def _meters_at(pods: tuple[PodId, ...]) -> dict[PodId, str]:
    return looked_up(Fact.METERS_AT, pods, lambda: meters_at(pods))


def meters_at(pods: Sequence[PodId]) -> dict[PodId, str]:
    """What the meters in place can tell apart, by usage point of the open organization."""
    with cursor() as pen:
        rows = pen.execute(
            "SELECT pod, capability FROM meter WHERE organization_id = %s AND pod = ANY(%s) AND removed_on IS NULL",
            (current().id, list(pods)),
        ).fetchall()
    return {PodId(pod): capability for pod, capability in rows}

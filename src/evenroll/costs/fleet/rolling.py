"""Plans again when cars arrive unannounced: what was delivered stays, the rest is planned with who is known by then."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evenroll.costs.fleet.certificate import Certificate
from evenroll.costs.fleet.sessions import IntArray, Sessions, SlotWh, chosen
from evenroll.costs.fleet.shared_limit import plan_fleet
from evenroll.costs.fleet.slot_prices import SlotPrices


class SlotWrong(ValueError):
    """A slot from which nothing can be planned."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class RollingPlan:
    """load_wh: (slot, session), what each session drew. unserved_wh: (session,), what was missing at departure.

    cost_e11: 1e-11 USD. planned: the slots before which was planned, each with the proof of the plan made there. Each
    plan is the best for whom it knew; all of them together cost what was not known in advance.
    """

    load_wh: SlotWh
    unserved_wh: IntArray
    cost_e11: int
    planned: tuple[tuple[int, Certificate], ...]


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class RestPlan:
    """load_wh: (slot, session), with what was delivered before. certificate: the proof for the rest."""

    load_wh: SlotWh
    certificate: Certificate


def plan_rolling(
    sessions: Sessions,
    *,
    prices: SlotPrices,
    limit_wh: IntArray,
    known_from: IntArray,
    expected: Sessions | None = None,
) -> RollingPlan:
    """What a fleet draws if each session is planned for from the slot on in which it becomes known.

    prices: of one rate. known_from: (session,), slots; a session plugged in before it is known has lost the slots
    between. limit_wh: (slot,), Wh. expected: as plan_rest takes them. It is planned again at the start of each slot in
    which somebody becomes known. Raises LimitWrong and SessionWrong.
    """
    price = prices.price_e8[0]
    load = np.zeros((len(price), len(sessions.need_wh)), dtype=np.int32)
    planned: list[tuple[int, Certificate]] = []
    # Who is known before the first slot is known in it.
    for now in np.unique(np.maximum(known_from, 0)).tolist():
        known = np.flatnonzero(known_from <= now)
        rest = plan_rest(
            chosen(sessions, which=known),
            prices=prices,
            limit_wh=limit_wh,
            drawn_wh=load[:, known],
            now_slot=now,
            expected=expected,
        )
        load[:, known] = rest.load_wh
        planned.append((now, rest.certificate))
    sums = load.sum(axis=1, dtype=np.int64).tolist()
    return RollingPlan(
        load_wh=load,
        unserved_wh=sessions.need_wh - load.sum(axis=0, dtype=np.int64),
        cost_e11=sum(wh * each for wh, each in zip(sums, price.tolist(), strict=True)),
        planned=tuple(planned),
    )


def plan_rest(
    sessions: Sessions,
    *,
    prices: SlotPrices,
    limit_wh: IntArray,
    drawn_wh: SlotWh,
    now_slot: int,
    expected: Sessions | None = None,
) -> RestPlan:
    """The best plan from now_slot on for what these sessions still need.

    prices: of one rate. drawn_wh: (slot, session), what was delivered in the slots before now_slot; later slots of it
    are planned anew. expected: sessions as they may come, such as those of a day like this one; of them those that
    begin after now_slot are planned for as if they were known, so that room is left for who will come. Without them
    the cheapest plan puts off what it can, and whoever comes later may find the last slots full. Raises SlotWrong,
    LimitWrong and SessionWrong.
    """
    if now_slot < 0:
        raise SlotWrong(f"Slot {now_slot} lies before the first one, 0. Plan from the first slot on.")
    load = drawn_wh.copy()
    load[now_slot:] = 0
    there = np.flatnonzero(sessions.end_slot > now_slot)
    delivered = load[:, there].sum(axis=0, dtype=np.int64)
    rest = _rest(chosen(sessions, which=there), delivered_wh=delivered, now_slot=now_slot)
    if expected is not None:
        coming = chosen(expected, which=expected.first_slot > now_slot)
        rest = Sessions(*(np.concatenate(columns) for columns in zip(rest, coming, strict=True)))
    plan = plan_fleet(
        rest,
        prices=prices,
        # Nothing is planned in the past.
        limit_wh=np.where(np.arange(len(limit_wh)) < now_slot, 0, limit_wh),
    )
    load[:, there] += plan.load_wh[:, : len(there)]
    return RestPlan(load_wh=load, certificate=plan.certificate)


def _rest(sessions: Sessions, *, delivered_wh: IntArray, now_slot: int) -> Sessions:
    """What is left of sessions that last beyond now_slot."""
    begun = sessions.first_slot < now_slot
    first_wh = np.where(sessions.end_slot - 1 == now_slot, sessions.last_wh, sessions.slot_wh)
    return sessions._replace(
        first_slot=np.maximum(sessions.first_slot, now_slot),
        need_wh=sessions.need_wh - delivered_wh,
        first_wh=np.where(begun, first_wh, sessions.first_wh),
    )

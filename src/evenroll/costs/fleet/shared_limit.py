"""Optimized Energy: one plan for a fleet beneath a shared limit, the cheapest of those that serve the most."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evenroll.costs.fleet.certificate import Certificate, FleetNeed, certificate, levels_of
from evenroll.costs.fleet.kernels import Column, Kernels, kernels
from evenroll.costs.fleet.rerouting import Flow, serve
from evenroll.costs.fleet.sessions import IntArray, Sessions, SlotWh, caps_of, check_sessions
from evenroll.costs.fleet.slot_prices import SlotPrices


class LimitWrong(ValueError):
    """A shared limit that does not fit the slots."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class FleetPlan:
    """load_wh: (slot, session), what each session draws. unserved_wh: (session,), what is missing at departure.

    cost_e11: 1e-11 USD. The plan serves the most where certificate.most_wh is what it serves, and costs the least of
    those where certificate.least_e11 is its cost.
    """

    load_wh: SlotWh
    unserved_wh: IntArray
    cost_e11: int
    certificate: Certificate

    @property
    def served_wh(self) -> int:
        """What all sessions draw together, Wh."""
        return int(self.load_wh.sum(dtype=np.int64))

    @property
    def gap_e11(self) -> int:
        """What the plan costs above what it is proved to cost at least, 1e-11 USD: zero."""
        return self.cost_e11 - self.certificate.least_e11

    @property
    def gap_wh(self) -> int:
        """What the plan serves below what is proved to be the most, Wh: zero."""
        return self.certificate.most_wh - self.served_wh


def limit_beside(household_wh: IntArray, *, limit_wh: int) -> IntArray:
    """What a feeder leaves for cars in each slot, (slot,), Wh: nothing where households exceed it by themselves."""
    return np.maximum(limit_wh - household_wh, 0)


def plan_fleet(
    sessions: Sessions, *, prices: SlotPrices, limit_wh: IntArray, rate: int = 0, kernels_used: Kernels | None = None
) -> FleetPlan:
    """The cheapest of the plans that serve the most beneath the limit, exact, with its proof.

    limit_wh: (slot,), the most that all sessions draw together in a slot. rate: the row of prices. Which of several
    cheapest plans it is does not depend on the order of the sessions, but for those that are alike in everything.
    Raises LimitWrong and SessionWrong.
    """
    price, slot_caps = prices.price_e8[rate], prices.cap_wh[rate]
    _check(limit_wh, slots=len(price))
    check_sessions(sessions, slots=len(price))
    order = _least_free_first(sessions)
    sorted_sessions = Sessions(*(column[order] for column in sessions))
    need = FleetNeed(
        need_wh=sorted_sessions.need_wh,
        caps_wh=caps_of(sorted_sessions, slot_caps_wh=slot_caps),
        limit_wh=limit_wh.astype(np.int64),
        price_e8=price,
    )
    flow = _start(need, used=kernels_used or kernels())
    cuts = serve(flow, levels=levels_of(price))
    load, unserved = np.empty_like(need.caps_wh), np.empty_like(sorted_sessions.need_wh)
    for slot in range(len(price)):
        load[slot, order] = flow.columns[slot].drawn
    unserved[order] = flow.columns[flow.unserved].drawn
    sums = load.sum(axis=1, dtype=np.int64).tolist()
    return FleetPlan(
        load_wh=load,
        unserved_wh=unserved,
        cost_e11=sum(wh * each for wh, each in zip(sums, price.tolist(), strict=True)),
        certificate=certificate(need, cuts=cuts),
    )


def _start(need: FleetNeed, *, used: Kernels) -> Flow:
    """Nothing is served; each car has the room that it may take."""
    columns = [Column(drawn=np.zeros_like(caps), room=caps.copy()) for caps in need.caps_wh]
    columns.append(Column(drawn=need.need_wh.astype(np.int32), room=np.zeros(len(need.need_wh), dtype=np.int32)))
    return Flow(
        columns=columns,
        spare_wh=need.limit_wh.tolist(),
        left_wh=int(need.need_wh.sum()),
        kernels=used,
        reached=set(),
    )


def _least_free_first(sessions: Sessions) -> IntArray:
    """The order in which cars are given energy: who has the least to spare of its stay comes first.

    The plan is exact in any order; with this one little is rerouted later. Every column has its say, so that only
    sessions that are alike in everything stand in the order of arrival.
    """
    inner = np.maximum(sessions.end_slot - sessions.first_slot - 2, 0) * sessions.slot_wh
    ends = np.where(sessions.end_slot - sessions.first_slot > 1, sessions.last_wh, 0)
    free = inner + ends + sessions.first_wh - sessions.need_wh
    return np.lexsort((*sessions, free))


def _check(limit_wh: IntArray, *, slots: int) -> None:
    if limit_wh.shape != (slots,):
        raise LimitWrong(f"The limit has {limit_wh.size} slots and the prices {slots}. Give one limit for each slot.")
    if limit_wh.size and limit_wh.min() < 0:
        raise LimitWrong("A shared limit is zero or more in each slot. Where nothing is left for cars, say zero.")

"""Checks a fleet plan against its sessions, without knowing how it was made; also one that somebody else made."""

from __future__ import annotations

from enum import StrEnum

import numpy as np

from evenroll.costs.fleet.certificate import Certificate, FleetNeed, certificate
from evenroll.costs.fleet.sessions import IntArray, Sessions, SlotWh, caps_of
from evenroll.costs.fleet.shared_limit import FleetPlan
from evenroll.costs.fleet.slot_prices import SlotPrices


class PlanFault(StrEnum):
    """What is wrong with a plan."""

    CAP_EXCEEDED = "cap_exceeded"
    """A car draws more than it may in a slot, or less than nothing, or where it is not."""

    LIMIT_EXCEEDED = "limit_exceeded"
    """All together draw more than the limit in a slot."""

    ENERGY_DIFFERS = "energy_differs"
    """What a car draws and what it is missing are not what it needs."""

    COST_DIFFERS = "cost_differs"
    """The cost is not that of the slots."""

    CERTIFICATE_DIFFERS = "certificate_differs"
    """The certificate does not add up from the sessions."""

    NOT_PROVED = "not_proved"
    """The certificate adds up, but the plan does not reach what it proves."""


def faults_of(
    plan: FleetPlan, *, sessions: Sessions, prices: SlotPrices, limit_wh: IntArray, rate: int = 0
) -> tuple[PlanFault, ...]:
    """What is wrong with a plan for these sessions: nothing, if it is the best there is."""
    need = FleetNeed(
        need_wh=sessions.need_wh,
        caps_wh=caps_of(sessions, slot_caps_wh=prices.cap_wh[rate]),
        limit_wh=limit_wh,
        price_e8=prices.price_e8[rate],
    )
    again = certificate(need, cuts=[level.cars_decide for level in plan.certificate.levels])
    wrong = {
        PlanFault.CAP_EXCEEDED: _exceeds(plan.load_wh, caps_wh=need.caps_wh),
        PlanFault.LIMIT_EXCEEDED: bool((plan.load_wh.sum(axis=1, dtype=np.int64) > limit_wh).any()),
        PlanFault.ENERGY_DIFFERS: _energy_differs(plan, need_wh=sessions.need_wh),
        PlanFault.COST_DIFFERS: plan.cost_e11 != _cost(plan.load_wh, price_e8=need.price_e8),
        PlanFault.CERTIFICATE_DIFFERS: plan.certificate != again,
        PlanFault.NOT_PROVED: not _reaches(plan, proved=again),
    }
    return tuple(fault for fault, is_so in wrong.items() if is_so)


def _exceeds(load_wh: SlotWh, *, caps_wh: SlotWh) -> bool:
    return bool((load_wh < 0).any() or (load_wh > caps_wh).any())


def _energy_differs(plan: FleetPlan, *, need_wh: IntArray) -> bool:
    drawn = plan.load_wh.sum(axis=0, dtype=np.int64)
    return bool((plan.unserved_wh < 0).any() or (drawn + plan.unserved_wh != need_wh).any())


def _cost(load_wh: SlotWh, *, price_e8: IntArray) -> int:
    sums = load_wh.sum(axis=1, dtype=np.int64).tolist()
    return sum(wh * each for wh, each in zip(sums, price_e8.tolist(), strict=True))


def _reaches(plan: FleetPlan, *, proved: Certificate) -> bool:
    return plan.served_wh == proved.most_wh and plan.cost_e11 == proved.least_e11

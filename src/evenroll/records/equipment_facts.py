"""What a decision about equipment and devices rests on: the approved list, and who controls the device already."""

from __future__ import annotations

from dataclasses import replace

from evenroll.enrollment.case import Case, Place
from evenroll.enrollment.case_facts import CaseFacts
from evenroll.enrollment.units import device_place
from evenroll.programs.program import ProgramVersion, Unit
from evenroll.records.approved_equipment import listing_of
from evenroll.records.gathered import case_facts, live_families
from evenroll.records.streams import place_stream
from evenroll.records.unit_of_work import UnitOfWork

_ANY_FAMILY = "any"


def equipment_facts(work: UnitOfWork, case: Case | None, *, model: str = "", device: str = "") -> CaseFacts:
    """The facts of the case with the listing of a model, and the families that have the device; it is locked then."""
    facts = case_facts(work, case)
    program = facts.program
    if case is None or program is None:
        return facts
    meant = model or (case.equipment.model if case.equipment else "")
    found = replace(facts, listing=listing_of(meant, program=program.key, on=work.business_on))
    return replace(found, unit_families=_families(work, case, program, device)) if device else found


def _families(work: UnitOfWork, case: Case, program: ProgramVersion, device: str) -> frozenset[str]:
    if program.unit is not Unit.DEVICE:
        return frozenset()
    place: Place = device_place(program, device=device)
    work.lock(place_stream(_ANY_FAMILY, unit=place.unit.value, unit_key=place.unit_key))
    return live_families(place, but=case.number)

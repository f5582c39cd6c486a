"""Whether a model of charging equipment stands on an organization's dated list of approved equipment."""

from __future__ import annotations

from datetime import date

from evenroll.enrollment.eligibility_facts import EquipmentListing
from evenroll.quantities.identifiers import ProgramKey
from evenroll.records.organizations import current, cursor


def listing_of(model: str, *, program: ProgramKey, on: date) -> EquipmentListing:
    """Whether the model is listed on that day, on the program's own list, else on that of the whole organization.

    Names agree whatever their case and blanks. UNKNOWN where neither list was loaded, so nobody is refused by a list
    that is not there; NOT_CHOSEN where no model is named. The organization must be open.
    """
    if not model.strip():
        return EquipmentListing.NOT_CHOSEN
    with cursor() as pen:
        rows = pen.execute(
            "SELECT program, bool_or(lower(model) = %s AND listed_from_on <= %s "
            "AND (listed_until_on IS NULL OR listed_until_on > %s)) FROM approved_equipment "
            "WHERE organization_id = %s AND program IN (%s, '') GROUP BY program",
            (" ".join(model.split()).lower(), on, on, current().id, program),
        ).fetchall()
    listed = dict(rows)
    if not listed:
        return EquipmentListing.UNKNOWN
    # A program that keeps a list of its own does not go by the general one.
    found = listed.get(program, listed.get(""))
    return EquipmentListing.LISTED if found else EquipmentListing.NOT_LISTED

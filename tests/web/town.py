"""The organizations that the finder knows by name, with all their programs and books, on the test database."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from evenroll.enrollment.roles import OrganizationKind
from evenroll.programs.catalog import load_catalog
from evenroll.programs.program import ProgramKind
from evenroll.quantities.identifiers import OrganizationKey, ProgramKey
from tests.territory import Territory

OWNERS: Mapping[OrganizationKind, OrganizationKey] = {
    OrganizationKind.UTILITY: OrganizationKey("lakeland-electric"),
    OrganizationKind.SUPPLIER: OrganizationKey("brightwater-energy"),
    OrganizationKind.CLEARINGHOUSE: OrganizationKey("lakeland-registry"),
}
KINDS: Mapping[ProgramKind, str] = {
    ProgramKind.TOU: "LE-EV-NIGHT",
    ProgramKind.RTP: "LE-EV-HOURLY",
    ProgramKind.CPP: "LE-EV-PEAK-DAYS",
    ProgramKind.DLC: "LE-EV-PAUSE",
    ProgramKind.OPTIMIZED: "LE-EV-BALANCE",
}
NOW = datetime.fromisoformat("2026-11-02T16:00:00+00:00")


def new_town() -> Territory:
    """Needs the fixture `django_ready`."""
    from evenroll.records.organizations import add_organization
    from evenroll.records.published import publish

    catalog = load_catalog()
    for kind, key in OWNERS.items():
        each = next(each for each in catalog.organizations if each.key == key)
        add_organization(key, name=each.name.en, kinds=frozenset({kind}), calendar_key=each.calendar)
    for program in catalog.programs:
        if program.organization in OWNERS.values():
            publish(program)
    return Territory(
        tag="town",
        utility=OWNERS[OrganizationKind.UTILITY],
        esco=OWNERS[OrganizationKind.SUPPLIER],
        registry=OWNERS[OrganizationKind.CLEARINGHOUSE],
        night=catalog.program(ProgramKey("LE-EV-NIGHT")),
        supply=catalog.program(ProgramKey("BW-NIGHT-DRIVE")),
    )


def wire(town: Territory) -> Any:
    """Hand the web the partners of the town, on its day."""
    from evenroll.accounts.wired import Wired, use_wired

    use_wired(Wired(installation=lambda: town.installation, now=lambda: NOW))

"""Rows of a file of applications, and programs with keys that a file may name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from evenroll.enrollment.form import FormField
from evenroll.programs.program import ProgramVersion
from evenroll.quantities.identifiers import OrganizationKey, ProgramKey
from tests.territory import Territory


def application_row(
    organization: OrganizationKey, program: ProgramKey, answers: Mapping[FormField, str], **cells: object
) -> dict[str, object]:
    """A row with which a customer can be enrolled. answers: what the customer says; cells: what it says besides."""
    plain = {
        "organization": str(organization),
        "channel": "web",
        "program": str(program),
        "drivetrain": "bev",
        "signed_on": "2026-11-01",
        "consents": "terms;data_sharing",
        "documents": "vehicle_registration",
        "holder": "account_holder",
        "dwelling": "own",
    }
    return {**plain, **{field.value: text for field, text in answers.items()}, **cells}


def night_in_capitals(territory: Territory) -> Territory:
    """The territory with its program published under a key as a catalog writes it."""
    territory.night = in_capitals(territory, territory.night, name="NIGHT")
    return territory


def in_capitals(territory: Territory, program: ProgramVersion, *, name: str) -> ProgramVersion:
    """A program of the territory, published under a key as a catalog writes it."""
    from evenroll.records.published import publish

    found = replace(program, key=ProgramKey(f"{name}-{territory.tag.upper()}"))
    publish(found)
    return found

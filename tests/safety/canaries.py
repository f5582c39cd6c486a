"""A customer whose every personal answer is a canary, and the search for them in what should not hold them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from evenroll.enrollment.form import FormField
from evenroll.programs.program import MeterCapability
from evenroll.quantities.identifiers import OrganizationKey
from tests.territory import NIGHT_RATE, POSTAL_CODE, Premise, Territory

ADDRESS = "4117 Quandrix Hollow Terrace"
LAST_BILL = "73910.46"
VIN_START, VIN_END = "5YCANARY", "Z7734219"
TOLD: Mapping[FormField, str] = {
    FormField.METER_SERIAL: "VEXMETER-551900",
    FormField.EMAIL: "Vexa.Quandrix@birdcage.example",
    FormField.PHONE: "+1 (555) 719-0463",
    FormField.MAILING_ADDRESS: "PO Box 90417, Vexlington Quay",
    FormField.PCID: "PCIDVEXCANARY88",
    FormField.EMAID: "USVEXC1234567X8",
    FormField.NOTE: "beware of the dog Barkbarian, gate code 77315",
}


def canary_vin() -> str:
    """A number whose check digit fits."""
    from evenroll.quantities.identifiers import VinWrong, check_vin

    for digit in "0123456789X":
        try:
            return check_vin(f"{VIN_START}{digit}{VIN_END}")
        except VinWrong:
            continue
    raise AssertionError("one of eleven check digits fits")


def canary_premise(territory: Territory, *, supplier: OrganizationKey | None, address: str = ADDRESS) -> Premise:
    """A customer in the books whose name, number, address and bill are canaries too."""
    from evenroll.records import books
    from evenroll.records.organizations import open_organization

    ready = {} if supplier else {"registers": NIGHT_RATE, "capability": MeterCapability.PERIOD_REGISTERS}
    premise = territory.premise(supplier=supplier, address=address, **ready)
    with open_organization(supplier or territory.utility):
        books.set_last_bill_amount(premise.account, amount=LAST_BILL)
    return replace(premise, last_bill=LAST_BILL)


def canary_answers(premise: Premise) -> dict[FormField, str]:
    """Every field of a form, all but the postal code a canary."""
    answers = {**premise.answers(), **TOLD, FormField.VIN: canary_vin(), FormField.POSTAL_CODE: POSTAL_CODE}
    assert set(answers) == set(FormField)
    return answers


def personal_of(answers: Mapping[FormField, str]) -> dict[FormField, str]:
    """The answers that may stand nowhere. A postal code is a place, not a person."""
    return {field: text for field, text in answers.items() if field is not FormField.POSTAL_CODE}


def canaries_in(text: str, *, answers: Mapping[FormField, str]) -> set[FormField]:
    """The fields whose value a text holds, also written otherwise, or as the bytes of a binary column."""
    plain, bare = text.casefold(), _bare(text)
    return {
        field
        for field, value in personal_of(answers).items()
        if value.casefold() in plain or value.encode().hex() in plain or _bare(value) in bare
    }


def every_cell(territory: Territory) -> Iterator[tuple[str, str]]:
    """Every row of every table as the organizations of the territory see it: the table, and the row as text."""
    from evenroll.records.organizations import cursor, open_organization

    for organization in (territory.utility, territory.esco, territory.registry):
        with open_organization(organization), cursor() as pen:
            tables = pen.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1").fetchall()
            for (table,) in tables:
                for (row,) in pen.execute(f'SELECT t::text FROM "{table}" AS t').fetchall():
                    yield f"{organization}: {table}", row


def found_in(cells: Iterable[tuple[str, str]], *, answers: Mapping[FormField, str]) -> set[tuple[str, FormField]]:
    """Where which canaries were found."""
    return {(where, field) for where, text in cells for field in canaries_in(text, answers=answers)}


def _bare(text: str) -> str:
    # All that may be written differently goes, but for what parts one cell from the next.
    return re.sub(r"[^0-9a-z,]", "", text.casefold().replace(", ", " "))

"""Holes that are planted in the pages of the office, and the tests that must find each."""

from __future__ import annotations

from tests.mutants.mutants import Change, Mutant

_RECORDS = "src/evenroll/records"
_BACKOFFICE = "src/evenroll/backoffice"
_REGISTRY = "tests/web/test_registry.py"

OFFICE_MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        name="office: anybody of the staff looks into the registry",
        changes=(
            Change(
                file=f"{_RECORDS}/registry_looked.py",
                old="    if viewer.role is not Role.REGISTRY_OPERATOR:",
                new="    if viewer.role is Role.CUSTOMER:",
            ),
        ),
        caught_by=(f"{_REGISTRY}::test_only_the_operator_of_a_registry_looks_into_it",),
    ),
    Mutant(
        name="office: a supplier leaves without anybody having seen whom that concerns",
        changes=(
            Change(
                file=f"{_BACKOFFICE}/registry_acts.py",
                old="seen == str(len(found.events))",
                new="seen",
            ),
        ),
        caught_by=(f"{_REGISTRY}::test_a_supplier_leaves_only_after_it_was_seen_whom_that_concerns",),
    ),
)

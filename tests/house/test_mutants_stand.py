"""Every planted bug finds its place in the code: a line that moved is seen here, and not only when they are planted."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.mutants.mutants import MUTANTS, Mutant
from tests.mutants.mutants_bills import BILL_MUTANTS
from tests.mutants.mutants_faults import FAULT_MUTANTS
from tests.mutants.mutants_mail import MAIL_MUTANTS
from tests.mutants.mutants_matching import MATCHING_MUTANTS
from tests.mutants.mutants_web import WEB_MUTANTS
from tests.mutants.mutants_web_case import WEB_CASE_MUTANTS
from tests.mutants.mutants_web_desk import DESK_MUTANTS
from tests.mutants.mutants_web_find import WEB_FIND_MUTANTS
from tests.mutants.mutants_web_office import OFFICE_MUTANTS
from tests.mutants.mutants_web_reports import REPORT_MUTANTS
from tests.mutants.mutants_web_sign_in import SIGN_IN_MUTANTS
from tests.simulation.planted import PLANTED

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    "mutant",
    (
        *MUTANTS,
        *BILL_MUTANTS,
        *MATCHING_MUTANTS,
        *WEB_MUTANTS,
        *DESK_MUTANTS,
        *WEB_FIND_MUTANTS,
        *OFFICE_MUTANTS,
        *REPORT_MUTANTS,
        *SIGN_IN_MUTANTS,
        *WEB_CASE_MUTANTS,
        *MAIL_MUTANTS,
        *FAULT_MUTANTS,
        *PLANTED,
    ),
    ids=lambda mutant: mutant.name,
)
def test_its_text_stands_once(mutant: Mutant) -> None:
    for change in mutant.changes:
        text = (ROOT / change.file).read_text(encoding="utf-8")
        assert text.count(change.old) == 1, f"{change.file}: write the mutant anew"
        assert change.old != change.new

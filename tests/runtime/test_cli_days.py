"""Days of options are read in the styles of files and values; anything else is refused by name."""

from __future__ import annotations

from datetime import date

import pytest

from evenroll.runtime.cli_days import option_day
from evenroll.runtime.cli_exit import CommandEnded


@pytest.mark.parametrize("text", ["2026-11-03", "11/3/2026", "11/03/2026", "3-Nov-2026", " 03-nov-2026 "])
def test_a_day_is_read_in_every_usual_style(text: str) -> None:
    assert option_day(text, option="--since") == date(2026, 11, 3)


@pytest.mark.parametrize("text", ["soon", "13/40/2026", "2026-02-30", "30-Feb-2026", "3.11.2026"])
def test_what_is_no_day_is_refused_by_the_name_of_its_option(text: str) -> None:
    with pytest.raises(CommandEnded, match=r"--since .*no day"):
        option_day(text, option="--since")

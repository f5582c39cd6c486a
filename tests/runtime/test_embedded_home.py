"""Where an installation lives: a whole path, so that it is one and the same from every folder."""

from pathlib import Path

import pytest

from evenroll.runtime.embedded_places import ServerRefused
from evenroll.runtime.home import evenroll_home


def test_a_whole_path_is_taken_and_the_tilde_stands_for_ones_home(tmp_path: Path) -> None:
    assert evenroll_home({"EVENROLL_HOME": str(tmp_path)}) == tmp_path
    assert evenroll_home({"EVENROLL_HOME": "~/ev"}) == Path.home() / "ev"


@pytest.mark.parametrize("relative", ["ev", "./ev", "../ev"])
def test_a_relative_path_is_refused_with_the_whole_one(relative: str) -> None:
    with pytest.raises(ServerRefused, match=r"relative path.* Write the whole path, such as /"):
        evenroll_home({"EVENROLL_HOME": relative})

"""A value with some fields changed is what `dataclasses.replace` makes of it, with slots and without."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, dataclass, replace

import pytest

from evenroll.quantities.changed import changed


@dataclass(frozen=True, kw_only=True, slots=True)
class Slotted:
    """Two fields and a default."""

    one: int
    two: str = "b"


@dataclass(frozen=True, kw_only=True)
class Open:
    """The same without slots."""

    one: int
    two: str = "b"


@pytest.mark.parametrize("value", [Slotted(one=1), Open(one=1)])
def test_it_is_what_replace_makes(value: Slotted | Open) -> None:
    assert changed(value, two="c") == replace(value, two="c")
    assert changed(value) == value
    assert changed(value) is not value
    assert value.two == "b"


@pytest.mark.parametrize("value", [Slotted(one=1), Open(one=1)])
def test_it_stays_frozen(value: Slotted | Open) -> None:
    name = "one"
    with pytest.raises(FrozenInstanceError):
        setattr(changed(value, one=2), name, 3)


@pytest.mark.parametrize("value", [Slotted(one=1), Open(one=1)])
def test_a_name_that_is_no_field_is_refused(value: Slotted | Open) -> None:
    with pytest.raises(KeyError, match="three"):
        changed(value, three=3)

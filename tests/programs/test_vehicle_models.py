"""The list of vehicles by name: its figures, what each mistake in it comes to."""

from __future__ import annotations

from decimal import Decimal

import pytest

from evenroll.programs.vehicle_models import parse_vehicles, vehicle_list
from evenroll.programs.yaml_table import CatalogRefused

HEAD = "consumption_source: a list\nreview_by: 2027-11-30\nvehicles:\n"
ROW = "{key: a, name: A, model_year: 2024, battery_kwh: 60, ac_kw: 11, kwh_per_100_km: 18.6, source: typed}"


def test_the_list_that_ships_can_be_read() -> None:
    known = vehicle_list()
    assert len(known.models) == len({each.key for each in known.models}) >= 20
    assert all(each.source and each.key == each.key.casefold() for each in known.models)
    assert known.consumption_source
    leaf = known.model("nissan-leaf")
    # 18.9 kWh for 100 km are 18.9 times 1.609344 for 100 miles, as the label of the model rounds: 30.
    assert leaf is not None
    assert leaf.wh_per_100_miles == 30_417
    assert leaf.ac_kw == Decimal("6.6")
    assert known.model("nissan-hare") is None


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("battery_kwh: 60", "battery_kwh: 6000", 4, "battery_kwh is 6000; it lies from 1 to 1000"),
        ("ac_kw: 11", "ac_kw: fast", 4, "must be a decimal number"),
        ("kwh_per_100_km: 18.6", "kwh_per_100_km: 0", 4, "it lies from 5 to 100"),
        ("model_year: 2024", "model_year: 24", 4, "model_year is 24"),
        ("source: typed", "range_km: 400", 4, "is not known"),
        (ROW, f"{ROW}\n  - {ROW}", 5, "a stands twice"),
    ],
)
def test_a_mistake_is_named_by_its_line(old: str, new: str, line: int, words: str) -> None:
    assert len(parse_vehicles(f"{HEAD}  - {ROW}\n", file="list.yaml").models) == 1
    with pytest.raises(CatalogRefused, match=words) as refused:
        parse_vehicles(f"{HEAD}  - {ROW}\n".replace(old, new), file="list.yaml")
    assert (refused.value.file, refused.value.line) == ("list.yaml", line)

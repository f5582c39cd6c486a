"""Programs whose keys are written as a catalog writes them, in capitals: a file may ask for no others."""

from __future__ import annotations

from dataclasses import replace

from evenroll.quantities.identifiers import ProgramKey
from tests.territory import Territory


def with_file_programs(territory: Territory) -> Territory:
    """The territory, with its two programs published under keys in capitals."""
    from evenroll.records.published import publish

    territory.night = replace(territory.night, key=ProgramKey(territory.night.key.upper()))
    territory.supply = replace(territory.supply, key=ProgramKey(territory.supply.key.upper()))
    publish(territory.night)
    publish(territory.supply)
    return territory

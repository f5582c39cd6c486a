"""Upcasters: lift the data of an old schema version of an event to the next one, as often as it takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from evenroll.quantities.codec import JsonValue

Data = dict[str, JsonValue]
Upcaster = Callable[[Data], Data]

UPCASTERS: Mapping[tuple[str, int], Upcaster] = MappingProxyType({})
"""(kind, version) to the function that makes version + 1 of it. None yet: every event stands at version 1."""


class OfNewerRelease(Exception):
    """A newer release wrote what this one cannot read; whoever runs that release goes on with it."""


class VersionUnknown(LookupError):
    """An entry has a schema version that this release cannot read."""


class VersionNewer(VersionUnknown, OfNewerRelease):
    """An entry has a schema version that only a newer release can read."""


def lift(
    data: Data, *, kind: str, version: int, to: int, upcasters: Mapping[tuple[str, int], Upcaster] = UPCASTERS
) -> Data:
    """The data of an event as schema version `to` has it. Raises VersionUnknown for a newer one or a missing step."""
    if version > to:
        raise VersionNewer(
            f"An entry {kind} has schema version {version} and this release knows up to {to}. "
            "It was written by a newer release: read it with that one."
        )
    for step in range(version, to):
        upcaster = upcasters.get((kind, step))
        if upcaster is None:
            raise VersionUnknown(
                f"An entry {kind} has schema version {version}, and nothing lifts version {step} to {step + 1}. "
                "Add the upcaster of the release that raised the version."
            )
        data = upcaster(data)
    return data

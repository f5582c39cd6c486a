"""A drafted catalog file of one organization: what it would publish, by the checker of catalog files, or why not."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from evenroll.programs.catalog import FILE_KEYS, Catalog, parse_catalog
from evenroll.programs.program import ProgramVersion
from evenroll.programs.yaml_table import read_table
from evenroll.quantities.identifiers import OrganizationKey, ProgramKey

DRAFT_FILE: Final = "draft.yaml"
DRAFT_CHARACTERS_MAX: Final = 200_000
_OWN_FILE: Final = "organization.yaml"


class DraftFault(StrEnum):
    """Why a draft cannot be kept or published."""

    TOO_LONG = "too_long"
    NOT_YOURS = "not_yours"
    NO_PROGRAM = "no_program"
    CHANGES_NOTHING = "changes_nothing"
    VERSION_TAKEN = "version_taken"
    VERSION_LOWER = "version_lower"
    ONE_LANGUAGE = "one_language"
    NEW_RATES = "new_rates"
    KEY_TAKEN = "key_taken"
    SAME_PERSON = "same_person"
    NOT_OPEN = "not_open"
    NOT_ALLOWED = "not_allowed"


class DraftRefused(ValueError):
    """A draft that cannot be kept or published. parameters: what the sentence of the fault names."""

    def __init__(self, fault: DraftFault, **parameters: str) -> None:
        super().__init__(fault.value)
        self.fault = fault
        self.parameters = parameters


@dataclass(frozen=True, kw_only=True, slots=True)
class Drafter:
    """Whose draft it is: an organization as this installation knows it. role: `utility`, `supplier`, ...."""

    organization: OrganizationKey
    role: str
    name: str
    calendar: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Drafted:
    """A program of a draft. before: its latest published version; absent for a new program."""

    program: ProgramVersion
    before: ProgramVersion | None


def read_draft(
    text: str,
    *,
    drafter: Drafter,
    shipped: Mapping[str, str],
    published: Mapping[ProgramKey, Sequence[ProgramVersion]],
) -> tuple[Drafted, ...]:
    """What a drafted file would publish, in its order.

    shipped: the catalog files of the installation, by name; published: every version of each program, ascending.
    Raises DraftRefused, and CatalogRefused with the line of the first mistake.
    """
    if len(text) > DRAFT_CHARACTERS_MAX:
        raise DraftRefused(DraftFault.TOO_LONG, count=str(DRAFT_CHARACTERS_MAX))
    found = _programs_in(text, drafter=drafter, shipped=shipped)
    if not found:
        raise DraftRefused(DraftFault.NO_PROGRAM)
    drafted = [_drafted(each, published.get(each.key, ())) for each in found]
    changed = tuple(each for each in drafted if each is not None)
    if not changed:
        raise DraftRefused(DraftFault.CHANGES_NOTHING)
    return changed


def _programs_in(text: str, *, drafter: Drafter, shipped: Mapping[str, str]) -> tuple[ProgramVersion, ...]:
    table = read_table(text, file=DRAFT_FILE, known=FILE_KEYS)
    if table.text("organization") != drafter.organization:
        raise DraftRefused(DraftFault.NOT_YOURS, organization=table.text("organization"), own=drafter.organization)
    before = parse_catalog(shipped)
    beside = dict(shipped)
    is_shipped = any(each.key == drafter.organization for each in before.organizations)
    if table.has("role") and is_shipped:
        # A whole file again: it stands in place of the one that ships.
        beside = {name: each for name, each in shipped.items() if not _is_identity_of(each, name, drafter)}
    elif not table.has("role") and not is_shipped:
        beside[_OWN_FILE] = _identity(drafter)
    rest, whole = parse_catalog(beside), parse_catalog({**beside, DRAFT_FILE: text})
    _refuse_rates(before, whole)
    others = {(each.key, each.version) for each in rest.programs}
    return tuple(each for each in whole.programs if (each.key, each.version) not in others)


def _is_identity_of(text: str, name: str, drafter: Drafter) -> bool:
    table = read_table(text, file=name, known=FILE_KEYS)
    return table.has("role") and table.text("organization") == drafter.organization


def _identity(drafter: Drafter) -> str:
    """A catalog file that tells who an organization is that the package does not know. JSON is YAML."""
    name = {"en": drafter.name, "es": drafter.name}
    told = {"organization": drafter.organization, "role": drafter.role, "name": name, "calendar": drafter.calendar}
    return json.dumps({**told, "rates": [], "programs": []})


def _refuse_rates(before: Catalog, whole: Catalog) -> None:
    """Bills are made with the rates of the installation: a draft brings programs only. Raises DraftRefused."""
    known = {(each.key, each.effective_on): each for each in before.rates}
    new = sorted({each.key for each in whole.rates if known.get((each.key, each.effective_on)) != each})
    if new:
        raise DraftRefused(DraftFault.NEW_RATES, rates=", ".join(new))


def _drafted(program: ProgramVersion, versions: Sequence[ProgramVersion]) -> Drafted | None:
    """None where this very version is published already. Raises DraftRefused."""
    same = next((each for each in versions if each.version == program.version), None)
    if same is not None and same.content_hash == program.content_hash:
        return None
    named = {"program": program.key, "version": str(program.version)}
    if same is not None:
        raise DraftRefused(DraftFault.VERSION_TAKEN, **named)
    before = versions[-1] if versions else None
    if before is not None and program.version < before.version:
        raise DraftRefused(DraftFault.VERSION_LOWER, **named, last=str(before.version))
    if program.summary.en == program.summary.es:
        raise DraftRefused(DraftFault.ONE_LANGUAGE, **named)
    if before is not None and not changed_fields(before, program):
        raise DraftRefused(DraftFault.CHANGES_NOTHING)
    return Drafted(program=program, before=before)


def changed_fields(before: ProgramVersion, after: ProgramVersion) -> tuple[str, ...]:
    """The names of the fields that differ, in the order of a program's fields; its number counts for none."""
    names = (name for name in ProgramVersion.__dataclass_fields__ if name != "version")
    return tuple(name for name in names if getattr(before, name) != getattr(after, name))

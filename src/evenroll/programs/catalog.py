"""The catalog: programs, rates and organizations from YAML; every mistake refused by file, line, reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Final

from evenroll.programs.catalog_programs import PROGRAM_KEYS, program_from
from evenroll.programs.catalog_rates import RATE_KEYS, rate_from
from evenroll.programs.program import Coverage, ProgramVersion, is_open
from evenroll.programs.rate import Rate
from evenroll.programs.text import Text
from evenroll.programs.yaml_table import CatalogRefused, Table, read_table
from evenroll.quantities.calendars import CalendarUnknown, calendar
from evenroll.quantities.identifiers import OrganizationKey, ProgramKey, RateKey

__all__ = [
    "Catalog",
    "CatalogOrganization",
    "CatalogRefused",
    "OrganizationRole",
    "ProgramUnknown",
    "RateUnknown",
    "catalog_texts",
    "is_published",
    "load_catalog",
    "parse_catalog",
]

_PACKAGE: Final = "evenroll.programs"
_FOLDER: Final = "catalog"
FILE_KEYS: Final = frozenset({"organization", "role", "name", "calendar", "rates", "programs"})
_IDENTITY_KEYS: Final = ("role", "name", "calendar")
_TEXT_KEYS: Final = frozenset({"en", "es"})


class ProgramUnknown(LookupError):
    """No such program version is in the catalog."""


class RateUnknown(LookupError):
    """No such rate is in the catalog, or none was in force on the day asked for."""


class OrganizationRole(StrEnum):
    """What an organization is to the customer."""

    UTILITY = "utility"
    SUPPLIER = "supplier"
    CLEARINGHOUSE = "clearinghouse"


@dataclass(frozen=True, kw_only=True, slots=True)
class CatalogOrganization:
    """An organization of the catalog; `calendar` is the key of its territory's service calendar."""

    key: OrganizationKey
    role: OrganizationRole
    name: Text
    calendar: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Catalog:
    """Everything that can be enrolled in or billed, in order of file and place."""

    organizations: tuple[CatalogOrganization, ...]
    programs: tuple[ProgramVersion, ...]
    rates: tuple[Rate, ...]

    def program(self, key: ProgramKey, *, version: int | None = None) -> ProgramVersion:
        """That version of a program, or the latest where none is named. Raises ProgramUnknown."""
        found = [row for row in self.programs if row.key == key and version in (None, row.version)]
        if not found:
            wanted = key if version is None else f"{key} version {version}"
            raise ProgramUnknown(
                f"The catalog has no program {wanted}; it has {_names(row.key for row in self.programs)}. "
                "Choose one of these, or add the program to the catalog."
            )
        return max(found, key=lambda row: row.version)

    def rate(self, key: RateKey, *, on: date) -> Rate:
        """The version of a rate in force on that day. Raises RateUnknown."""
        found = [row for row in self.rates if row.key == key and row.effective_on <= on]
        if not found:
            raise RateUnknown(f"The catalog has no rate {key} in force on {on}, so it prices nothing. Add its sheet.")
        return max(found, key=lambda row: row.effective_on)

    def standard_rate(self, organization: OrganizationKey, *, coverage: Coverage, on: date) -> Rate:
        """The rate of who chose nothing, for that part of the bill. Raises RateUnknown."""
        keys = {row.key for row in self.rates if _is_standard(row, organization=organization, coverage=coverage)}
        if not keys:
            raise RateUnknown(f"The catalog has no standard rate of {organization} for {coverage}. Add its sheet.")
        return self.rate(keys.pop(), on=on)

    def programs_of(self, organization: OrganizationKey, *, on: date) -> tuple[ProgramVersion, ...]:
        """The latest published version of each program of an organization on that day."""
        latest: dict[ProgramKey, ProgramVersion] = {}
        for row in sorted(self.programs, key=lambda each: each.version):
            if row.organization == organization and is_published(row, on=on):
                latest[row.key] = row
        return tuple(latest.values())


def _names(keys: Iterable[str]) -> str:
    return ", ".join(sorted(set(keys)))


def is_published(program: ProgramVersion, *, on: date) -> bool:
    """Whether a program may be presented on that day: open, and its file not past the day of its review."""
    return is_open(program, on=on) and on <= program.review_by


@cache
def load_catalog() -> Catalog:
    """The catalog that ships with the package. Raises CatalogRefused."""
    return parse_catalog(catalog_texts())


def catalog_texts() -> dict[str, str]:
    """The files of the catalog that ships with the package, by name."""
    folder = resources.files(_PACKAGE).joinpath(_FOLDER)
    files = sorted((entry for entry in folder.iterdir() if entry.name.endswith(".yaml")), key=lambda entry: entry.name)
    return {entry.name: entry.read_text(encoding="utf-8") for entry in files}


def parse_catalog(texts: Mapping[str, str]) -> Catalog:
    """The catalog of these YAML texts, by file name. Raises CatalogRefused for the first mistake."""
    tables = [read_table(text, file=file, known=FILE_KEYS) for file, text in texts.items()]
    organizations = _organizations_of(tables)
    rates: dict[tuple[RateKey, date], Rate] = {}
    programs: dict[tuple[ProgramKey, int], ProgramVersion] = {}
    for table in tables:
        _read_rates(table, organization=OrganizationKey(table.text("organization")), into=rates)
    # Programs come second: they may name the rates of another file.
    for table in tables:
        organization = OrganizationKey(table.text("organization"))
        _read_programs(table, organization=organization, rates=tuple(rates.values()), into=programs)
    return Catalog(
        organizations=tuple(organizations.values()),
        programs=tuple(programs.values()),
        rates=tuple(rates.values()),
    )


def _organizations_of(tables: list[Table]) -> dict[OrganizationKey, CatalogOrganization]:
    """Who they are: one file of an organization tells its role, name and calendar; its others give its key alone."""
    found: dict[OrganizationKey, CatalogOrganization] = {}
    for table in tables:
        if not any(table.has(key) for key in _IDENTITY_KEYS):
            continue
        organization = _organization_from(table)
        if organization.key in found:
            raise table.refuse(
                f"organization {organization.key} stands in another file too; a further file of it gives its key, "
                "rates and programs, and leaves out role, name and calendar.",
                key="organization",
            )
        found[organization.key] = organization
    for table in tables:
        key = table.text("organization")
        if key not in found:
            raise table.refuse(
                f"no file tells who {key} is; give role, name and calendar in one of its files.", key="organization"
            )
    return found


def _organization_from(table: Table) -> CatalogOrganization:
    name = table.table("name", known=_TEXT_KEYS)
    key = table.text("calendar")
    try:
        calendar(key)
    except CalendarUnknown as unknown:
        raise table.refuse(str(unknown), key="calendar") from unknown
    return CatalogOrganization(
        key=OrganizationKey(table.text("organization")),
        role=table.choice("role", OrganizationRole),
        name=Text(en=name.text("en"), es=name.text("es")),
        calendar=key,
    )


def _read_rates(table: Table, *, organization: OrganizationKey, into: dict[tuple[RateKey, date], Rate]) -> None:
    for entry in table.tables("rates", known=RATE_KEYS):
        rate = rate_from(entry, organization=organization)
        place = (rate.key, rate.effective_on)
        if place in into:
            raise entry.refuse(f"rate {rate.key} effective on {rate.effective_on} stands twice; keep one.", key="key")
        if any(row.key == rate.key and row.organization != organization for row in into.values()):
            raise entry.refuse(f"rate {rate.key} belongs to another organization; choose another key.", key="key")
        if rate.standard and any(_rivals(rate, row) for row in into.values()):
            raise entry.refuse(
                f"{organization} has another standard rate for {rate.coverage}; only one can be standard.",
                key="standard",
            )
        into[place] = rate


def _rivals(rate: Rate, other: Rate) -> bool:
    return other.key != rate.key and _is_standard(other, organization=rate.organization, coverage=rate.coverage)


def _is_standard(rate: Rate, *, organization: OrganizationKey, coverage: Coverage) -> bool:
    return rate.standard and rate.organization == organization and rate.coverage == coverage


def _read_programs(
    table: Table,
    *,
    organization: OrganizationKey,
    rates: tuple[Rate, ...],
    into: dict[tuple[ProgramKey, int], ProgramVersion],
) -> None:
    for entry in table.tables("programs", known=PROGRAM_KEYS):
        program = program_from(entry, organization=organization, rates=rates)
        place = (program.key, program.version)
        if place in into:
            raise entry.refuse(f"program {program.key} version {program.version} stands twice; keep one.", key="key")
        if any(row.key.upper() == program.key.upper() and _is_another(row, program) for row in into.values()):
            raise entry.refuse(f"the key {program.key} belongs to another program; choose another key.", key="key")
        into[place] = program


def _is_another(row: ProgramVersion, program: ProgramVersion) -> bool:
    return row.organization != program.organization or row.key != program.key

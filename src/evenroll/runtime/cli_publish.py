"""`evenroll programs publish`: an organization of the catalog comes into the database, with its programs."""

from __future__ import annotations

from typing import Annotated, Final

import typer

from evenroll.enrollment.roles import OrganizationKind
from evenroll.programs.catalog import CatalogOrganization, load_catalog
from evenroll.quantities.identifiers import OrganizationKey
from evenroll.runtime.cli_exit import not_found, refused, wrong_use
from evenroll.runtime.cli_near import nearest_words
from evenroll.runtime.cli_session import asked, session
from evenroll.runtime.output_console import Output

_REASONS: Final = {"VersionChanged": "version_changed", "KeyTaken": "key_taken"}


def publish(
    organization: Annotated[str, typer.Argument(metavar="ORGANIZATION", help="Its key in the catalog.")],
    keeps_registry: Annotated[
        bool,
        typer.Option("--keeps-registry", help="A utility itself tells who supplies whom: there is no clearinghouse."),
    ] = False,
) -> None:
    """Bring an organization of the catalog into this database, with the programs of its catalog file.

    What is published stays: new terms are a new version. The same again changes nothing.

    Example: evenroll programs publish peco --keeps-registry
    """
    output, catalog = Output(json=asked.json), load_catalog()
    found = next((each for each in catalog.organizations if each.key == organization), None)
    if found is None:
        known = [each.key for each in catalog.organizations]
        raise not_found(f"The catalog has no organization {organization!r}. {nearest_words(organization, known)}")
    if keeps_registry and found.role.value != OrganizationKind.UTILITY.value:
        raise wrong_use(f"{found.key} is no utility, so it cannot keep the registry of supply. Leave --keeps-registry.")
    with session():
        from evenroll.records.organizations import organization_keys
        from evenroll.records.published import KeyTaken, VersionChanged, all_published
        from evenroll.records.published import publish as keep

        kinds = _added(found, keeps_registry=keeps_registry)
        before = {(each.key, each.version) for each in all_published()}
        own = [each for each in catalog.programs if each.organization == found.key]
        try:
            for each in own:
                keep(each)
        except (VersionChanged, KeyTaken) as error:
            raise refused(str(error), reason=_REASONS[type(error).__name__]) from None
        registered = bool(organization_keys(kind=OrganizationKind.CLEARINGHOUSE))
    new = [each for each in own if (each.key, each.version) not in before]
    output.data(
        {
            "organization": found.key,
            "kinds": sorted(kinds),
            "programs": [{"program": each.key, "version": each.version, "new": each in new} for each in own],
            "registry": registered,
        }
    )
    output.say(f"{found.key} ({found.name.en}) is here as {' and '.join(sorted(kinds))}, with {len(own)} programs.")
    output.say(*(f"- {each.key} version {each.version}{': new' if each in new else ''}" for each in own))
    if not registered:
        output.note(
            "Nobody here keeps the registry of supply, so every application would wait for the clearinghouse. "
            "Publish one, or say --keeps-registry for a utility that has none."
        )


def _added(found: CatalogOrganization, *, keeps_registry: bool) -> frozenset[OrganizationKind]:
    """What the organization does, with what it already did here."""
    from evenroll.records.organizations import add_organization, kinds_of, organization_keys

    kinds = frozenset({OrganizationKind(found.role.value)})
    if keeps_registry:
        kinds |= {OrganizationKind.CLEARINGHOUSE}
    if found.key in organization_keys():
        kinds |= kinds_of(OrganizationKey(found.key))
    add_organization(OrganizationKey(found.key), name=found.name.en, kinds=kinds, calendar_key=found.calendar)
    return kinds

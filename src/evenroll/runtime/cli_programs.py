"""`evenroll programs`: what one can enroll in."""

from __future__ import annotations

from datetime import UTC, datetime

from evenroll.programs.catalog import is_published, load_catalog
from evenroll.programs.program import ProgramVersion
from evenroll.runtime.cli_exit import not_found
from evenroll.runtime.cli_options import OrganizationOption
from evenroll.runtime.cli_session import asked
from evenroll.runtime.output_console import Output


def programs(organization: OrganizationOption = "") -> None:
    """List the programs of the catalog.

    Example: evenroll programs --organization lakeland-electric
    """
    output = Output(json=asked.json)
    catalog = load_catalog()
    known = sorted({each.key for each in catalog.organizations})
    if organization and organization not in known:
        raise not_found(f"The catalog has no organization {organization!r}. It has {', '.join(known)}.")
    found = [each for each in catalog.programs if organization in ("", each.organization)]
    output.data({"programs": [_told(each) for each in found]})
    output.table(
        ("program", "kind", "use case", "organization", "name", "rate", "meter"),
        [
            (
                each.key,
                each.kind.value,
                each.use_case.value,
                each.organization,
                each.name.en,
                each.rate,
                each.meter_capability.value if each.meter_capability else "any",
            )
            for each in found
        ],
    )
    for each in found:
        output.heading(each.name.en)
        output.say(each.summary.en)


def _told(program: ProgramVersion) -> dict[str, object]:
    return {
        "program": program.key,
        "version": program.version,
        "kind": program.kind.value,
        "use_case": program.use_case.value,
        "organization": program.organization,
        "name": {"en": program.name.en, "es": program.name.es},
        "summary": {"en": program.summary.en, "es": program.summary.es},
        "rate": program.rate,
        "meter_capability": program.meter_capability,
        "rescission_business_days": program.rescission_business_days,
        "opens_on": program.opens_on,
        "closes_on": program.closes_on,
        "review_by": program.review_by,
        "published": is_published(program, on=datetime.now(UTC).date()),
        "content_hash": program.content_hash,
    }

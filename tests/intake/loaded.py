"""Files to be loaded, invented for one test each, and the loading of them."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, LiteralString

from evenroll.enrollment.roles import OrganizationKind
from evenroll.intake.load_file import Loaded, load_file
from evenroll.intake.load_hand import LoadAsked
from evenroll.intake.load_source import source_of
from evenroll.quantities.identifiers import OrganizationKey
from evenroll.records.journal import verify_organization
from evenroll.records.load_terms import LoadFault, LoadKind, Standing
from evenroll.records.organizations import add_organization, cursor, open_organization
from evenroll.records.replay import replay

NOW = datetime(2026, 11, 23, 15, 30, tzinfo=UTC)
TODAY = date(2026, 11, 23)


def new_organization(kind: OrganizationKind = OrganizationKind.UTILITY) -> OrganizationKey:
    """An organization of its own, so that counts are those of one test."""
    key = OrganizationKey(f"load-{secrets.token_hex(5)}")
    add_organization(key, name=key, kinds=frozenset({kind}), calendar_key="US-LAKELAND")
    return key


@dataclass
class Loader:
    """Loads texts as files for one organization; `faults` are those of the last one."""

    folder: Path
    organization: OrganizationKey = field(default_factory=new_organization)
    faults: list[LoadFault] = field(default_factory=list)

    def load(self, kind: LoadKind, text: str | bytes, **more: Any) -> Loaded:
        path = self.folder / f"{kind.value}.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return self.load_path(kind, path, **more)

    def load_path(self, kind: LoadKind, path: Path, **more: Any) -> Loaded:
        asked = LoadAsked(organization=self.organization, kind=kind, source=source_of(path), as_of_on=TODAY, now=NOW)
        self.faults = []
        return load_file(replace(asked, **more), tell=self.faults.append)

    def rows(self, sql: LiteralString, *parameters: object) -> list[tuple[Any, ...]]:
        with open_organization(self.organization), cursor() as pen:
            return pen.execute(sql, parameters).fetchall()

    def said(self) -> list[tuple[int, str, str]]:
        return [(each.row, each.column, each.code.value) for each in self.faults]


def counts(loaded: Loaded) -> dict[str, int]:
    return {standing.value: count for standing, count in loaded.difference.counts.items()}


def lines(*rows: str) -> str:
    return "\n".join(rows) + "\n"


ACCOUNTS = lines(
    "account,name,phone,email,customer_class,opened_on,last_bill_amount",
    "4410-001,José Núñez,555-010-2030,jose@example.org,residential,2020-05-01,$84.20",
    '4410-002,"Rey, Ana",,,residential,23-Nov-2019,"1,204.05"',
)
PREMISES = lines(
    "premise,address,postal_code,dwelling",
    "P-1,12 Elm St,60999,own",
    'P-2,"14 Elm St\nApt 3",60999,',
)
POINTS = lines(
    "usage_point,premise,account,read_cycle,net_metering",
    "LKL-1,P-1,4410001,7,no",
    "LKL-2,P-2,4410-002,7,yes",
    "LKL-3,P-2,,8,",
)
METERS = lines(
    "usage_point,serial,capability,registers,rollover_kwh,installed_on,removed_on,opening_kwh,closing_kwh",
    'LKL-1,M-1,total_register,,"100,000",2015-01-01,2021-06-01,0,"48,213.5"',
    "LKL-1,M-9,interval,,100000,2021-06-01,,0,",
    "LKL-2,M-2,period_registers,peak; night,100000,6/30/2018,,peak=12.5; night=3,",
)
RATES = lines(
    "usage_point,rate,supplier,from_on,until_on",
    "LKL-1,STD,,2020-05-01,2024-01-01",
    "LKL-1,TOU-D,,2024-01-01,",
    "LKL-2,STD,,2018-06-30,",
)
STANDINGS = tuple(Standing)


def books(loader: Loader) -> Iterator[Loaded]:
    """Accounts, premises and usage points of two households and one vacant flat."""
    yield loader.load(LoadKind.ACCOUNTS, ACCOUNTS)
    yield loader.load(LoadKind.PREMISES, PREMISES)
    yield loader.load(LoadKind.USAGE_POINTS, POINTS)


def assert_true_to_journal(loader: Loader) -> int:
    """Replay gives the same rows, and every entry follows from the one before it; how many entries there are."""
    result = replay(f"replay_{loader.organization.replace('-', '_')}", organizations=[loader.organization])
    assert result.differences == ()
    verdict = verify_organization(loader.organization)
    assert verdict.faults == () and verdict.entries == result.entries
    return result.entries

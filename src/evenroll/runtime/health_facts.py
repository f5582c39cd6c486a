"""The figures behind `evenroll status` and `evenroll metrics`: gathered once, judged and written elsewhere."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from evenroll.quantities.identifiers import OrganizationKey
from evenroll.runtime.cli_session import business_now
from evenroll.runtime.database import embedded_major, outside_urls
from evenroll.runtime.embedded_places import places_of
from evenroll.runtime.home import evenroll_home
from evenroll.runtime.mail_wiring import sends_mail

if TYPE_CHECKING:
    from evenroll.records.credit_queue import CreditBacklog
    from evenroll.records.notice_queue import NoticeCounts
    from evenroll.records.operating import Boxes, Overdue, ServerFacts
    from evenroll.records.workers_seen import SeenWorker


@dataclass(frozen=True, kw_only=True, slots=True)
class OrganizationFacts:
    """One organization's books. seal_seconds: the age of the oldest entry that is not sealed.

    long_waits: what stands with the supervisor for long; late_credits: those on which nobody acted in time, by the act.
    """

    organization: OrganizationKey
    cases: Mapping[str, int]
    waits: Mapping[str, int]
    overdue: Mapping[str, Overdue]
    boxes: Boxes
    not_sealed: int
    seal_seconds: int
    notices: NoticeCounts
    long_waits: Overdue | None = None
    late_credits: Sequence[CreditBacklog] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class BookSizes:
    """How much one organization's books hold. It takes a look at every row: for a person, not for every reading."""

    open_orders: int
    usage_points: int
    journal_entries: int


@dataclass(frozen=True, kw_only=True, slots=True)
class DiskFacts:
    """The disk under the embedded server's data, or under EVENROLL_HOME where the server is elsewhere.

    wal_bytes: None where it cannot be seen from here. is_server: whether the database lives on this disk.
    """

    path: Path
    total_bytes: int
    free_bytes: int
    wal_bytes: int | None
    is_server: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class MigrationFacts:
    """applied, pending: names of ours. unknown: applied, but of a newer Evenroll than this one."""

    applied: tuple[str, ...]
    pending: tuple[str, ...]
    unknown: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class HealthFacts:
    """Everything that status knows. now: the business clock; wall: this machine's clock; demo: it is a demo database.

    sends_mail: whether the environment of this command names a way for mail.

    Where migrations are pending, organizations and workers are empty: their tables may not be there.
    """

    now: datetime
    wall: datetime
    demo: bool
    migrations: MigrationFacts
    server: ServerFacts
    disk: DiskFacts
    sends_mail: bool = False
    workers: Sequence[SeenWorker] = ()
    organizations: Sequence[OrganizationFacts] = ()

    @property
    def clock_seconds(self) -> float:
        """How far the clock of this machine is ahead of the database server's."""
        return (self.wall - self.server.now).total_seconds()


def health_facts(keys: Sequence[OrganizationKey], *, migrations: MigrationFacts) -> HealthFacts:
    """The figures of these organizations, and of the installation they live in."""
    from evenroll.records.business_clock import demo_now
    from evenroll.records.workers_seen import workers_seen

    now = business_now()
    bare = bare_facts(migrations)
    return HealthFacts(
        now=now,
        wall=bare.wall,
        demo=demo_now() is not None,
        migrations=migrations,
        server=bare.server,
        disk=bare.disk,
        sends_mail=sends_mail(os.environ, is_demo=demo_now() is not None),
        workers=workers_seen(),
        organizations=[organization_facts(key, now=now) for key in keys],
    )


def bare_facts(migrations: MigrationFacts) -> HealthFacts:
    """The figures of a database whose tables are those of an older Evenroll."""
    from evenroll.records.operating import server_facts

    server = server_facts()
    wall = datetime.now(UTC)
    return HealthFacts(now=wall, wall=wall, demo=False, migrations=migrations, server=server, disk=disk_facts())


def organization_facts(key: OrganizationKey, *, now: datetime) -> OrganizationFacts:
    """The figures of one organization. now: the business clock."""
    from evenroll.records import notice_queue, operating
    from evenroll.records.organizations import open_organization
    from evenroll.records.sealing import waiting

    with open_organization(key):
        unsealed = waiting(key)
        return OrganizationFacts(
            organization=key,
            cases=operating.cases(key),
            waits=operating.waits(key),
            overdue=operating.overdue(key, now=now),
            boxes=operating.boxes(key),
            not_sealed=unsealed.entries,
            seal_seconds=unsealed.seconds,
            notices=notice_queue.counts(key),
            long_waits=operating.long_waits(key, now=now),
            late_credits=operating.late_credits(key, now=now),
        )


def book_sizes(keys: Sequence[OrganizationKey]) -> Mapping[OrganizationKey, BookSizes]:
    """How much the books of these organizations hold."""
    from evenroll.records import models as m
    from evenroll.records.organizations import open_organization

    found: dict[OrganizationKey, BookSizes] = {}
    for key in keys:
        with open_organization(key):
            found[key] = BookSizes(
                open_orders=m.ServiceOrderRecord.objects.filter(status="open").count(),
                usage_points=m.UsagePoint.objects.count(),
                journal_entries=m.JournalEntry.objects.count(),
            )
    return found


def migration_facts() -> MigrationFacts:
    """Which migrations of ours have run on this database."""
    from django.db import connection
    from django.db.migrations.loader import MigrationLoader

    loader = MigrationLoader(connection)
    ours = {name for app, name in loader.disk_migrations if app == "records"}
    done = {name for app, name in loader.applied_migrations if app == "records"}
    return MigrationFacts(
        applied=tuple(sorted(done)), pending=tuple(sorted(ours - done)), unknown=tuple(sorted(done - ours))
    )


def disk_facts() -> DiskFacts:
    """The disk that fills as the database grows, if it is on this machine; else that of EVENROLL_HOME."""
    home = evenroll_home(os.environ)
    if outside_urls(os.environ) is not None:
        return _disk(_nearest(home), wal=None, is_server=False)
    places = places_of(home, major=embedded_major(os.environ))
    return _disk(_nearest(places.data), wal=_size_of(places.data / "pg_wal"), is_server=True)


def _disk(path: Path, *, wal: int | None, is_server: bool) -> DiskFacts:
    # What ordinary accounts may still take: the database is not root's.
    disk = os.statvfs(path)
    return DiskFacts(
        path=path,
        total_bytes=shutil.disk_usage(path).total,
        free_bytes=disk.f_bavail * disk.f_frsize,
        wal_bytes=wal,
        is_server=is_server,
    )


def _nearest(path: Path) -> Path:
    return next(each for each in (path, *path.parents) if each.is_dir())


def _size_of(folder: Path) -> int | None:
    try:
        with os.scandir(folder) as found:
            return sum(each.stat(follow_symlinks=False).st_size for each in found if each.is_file())
    except OSError:
        return None

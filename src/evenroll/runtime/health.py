"""The judgement of `evenroll status`: each figure held against its limits, with what to do about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

from evenroll.runtime.cli_session import typed
from evenroll.runtime.health_facts import HealthFacts, OrganizationFacts
from evenroll.runtime.health_limits import LIMITS, Limit

if TYPE_CHECKING:
    from evenroll.records.workers_seen import SeenWorker


class Verdict(StrEnum):
    """ok: nothing to do; look: somebody should look by day; act: a person must act now."""

    OK = "ok"
    LOOK = "look"
    ACT = "act"


class Check(StrEnum):
    """What is held against limits; docs/operation.md has a paragraph for each."""

    MIGRATIONS = "migrations"
    ORGANIZATIONS = "organizations"
    WORKERS = "workers"
    OUTBOX = "outbox"
    PARKED = "parked"
    NOTICES = "notices"
    OVERDUE = "overdue"
    LATE_WORK = "late_work"
    SEAL = "seal"
    DISK = "disk"
    TRANSACTIONS = "transactions"
    CONNECTIONS = "connections"
    CLOCK = "clock"


VERDICT_RANK: Mapping[Verdict, int] = MappingProxyType({Verdict.OK: 0, Verdict.LOOK: 1, Verdict.ACT: 2})
"""How bad each verdict is."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One check. found: what it found, a sentence; to_do: the next step, "" where there is none."""

    check: Check
    verdict: Verdict
    found: str
    to_do: str = ""


def judged(facts: HealthFacts, *, limits: Mapping[str, Limit] = LIMITS) -> tuple[Line, ...]:
    """Every check, in the order of `Check`; those about tables only where the tables are those of this Evenroll."""
    lines = [_migrations(facts)]
    if not facts.migrations.pending:
        lines += [
            _organizations(facts),
            _workers(facts, limits),
            _outbox(facts, limits),
            _parked(facts, limits),
            _notices(facts, limits),
            _overdue(facts, limits),
            _late_work(facts),
            _seal(facts, limits),
        ]
    return (*lines, _disk(facts, limits), *_server(facts, limits), _clock(facts, limits))


def verdict_of(lines: Sequence[Line]) -> Verdict:
    """The worst of the lines."""
    return max((each.verdict for each in lines), key=VERDICT_RANK.__getitem__, default=Verdict.OK)


def oldest_seconds(instants: Sequence[datetime | None], *, now: datetime) -> float:
    """The age of the oldest of these instants; 0 where there is none, or all are to come."""
    known = [each for each in instants if each is not None]
    return max(0.0, (now - min(known)).total_seconds()) if known else 0.0


def to_send_seconds(each: OrganizationFacts, *, now: datetime) -> float:
    """The age of the oldest message of an organization that is not delivered."""
    return oldest_seconds([each.boxes.to_send_since], now=now)


def overdue_seconds(each: OrganizationFacts, *, now: datetime) -> float:
    """For how long the wait that lapsed first has stood untaken."""
    return oldest_seconds([lapsed.oldest_at for lapsed in each.overdue.values()], now=now)


def span_words(seconds: float) -> str:
    """A span of time as people say it, rounded down."""
    for size, unit in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= 2 * size or seconds == size:
            count = int(seconds // size)
            return f"{count} {unit}{'s' if count != 1 else ''}"
    return f"{int(seconds)} seconds"


def size_words(size: float) -> str:
    """A number of bytes as people say it."""
    for unit, factor in (("GB", 1024**3), ("MB", 1024**2)):
        if size >= factor:
            return f"{size / factor:.1f} {unit}"
    return f"{size / 1024:.0f} kB"


def _judge(value: float, limit: Limit) -> Verdict:
    """A figure at its limit is still good, so that a limit of 0 lets 0 pass."""
    worse = (lambda bound: value < bound) if limit.below else (lambda bound: value > bound)
    if worse(limit.act):
        return Verdict.ACT
    return Verdict.LOOK if worse(limit.look) else Verdict.OK


def _worst(*verdicts: Verdict) -> Verdict:
    return max(verdicts, key=VERDICT_RANK.__getitem__)


def _line(check: Check, verdict: Verdict, found: str, to_do: str) -> Line:
    return Line(check=check, verdict=verdict, found=found, to_do="" if verdict is Verdict.OK else to_do)


def _migrations(facts: HealthFacts) -> Line:
    known = facts.migrations
    if known.pending:
        return _line(
            Check.MIGRATIONS,
            Verdict.ACT,
            f"{len(known.pending)} migrations have not run: {', '.join(known.pending)}.",
            f"Run them: `{typed('db migrate')}`.",
        )
    if known.unknown:
        return _line(
            Check.MIGRATIONS,
            Verdict.LOOK,
            f"The tables are newer than this Evenroll: {', '.join(known.unknown)}.",
            "Put the newer Evenroll on this node as well; until then it stops at what it does not know.",
        )
    return _line(Check.MIGRATIONS, Verdict.OK, f"All {len(known.applied)} have run.", "")


def _organizations(facts: HealthFacts) -> Line:
    count = len(facts.organizations)
    return _line(
        Check.ORGANIZATIONS,
        Verdict.OK if count else Verdict.LOOK,
        f"{count} {'are' if count > 1 else 'is'} set up."
        if count
        else "None is set up yet, so there is nothing to do.",
        f"Bring in one of the catalog: `{typed('programs')}`, then `{typed('programs publish ORGANIZATION')}`; or see "
        "the whole at work with `evenroll demo`.",
    )


def _workers(facts: HealthFacts, limits: Mapping[str, Limit]) -> Line:
    living = [each for each in facts.workers if each.stopped_at is None]
    silent = min((each.seconds_ago for each in living), default=None)
    quick = sum(_judge(each.seconds_ago, limits["worker_seconds"]) is Verdict.OK for each in living)
    if silent is not None and quick:
        found = f"{quick} at work; the last one looked {span_words(silent)} ago."
        return _at_work(living, limits["worker_seconds"], found=found)
    if silent is None and not facts.organizations:
        return _line(Check.WORKERS, Verdict.OK, "None runs, and there is nothing to work on.", "")
    work = _has_work(facts)
    start = f"Start one, or look why it stopped: `{typed('worker')}`."
    if silent is not None:
        verdict = _judge(silent, limits["worker_seconds"])
        return _line(Check.WORKERS, verdict, f"None has looked for {span_words(silent)}.", start)
    if facts.demo:
        found = "None runs; a demo takes what is due when it is told to."
        return _line(Check.WORKERS, Verdict.LOOK if work else Verdict.OK, found, f"`{typed('worker --once')}`")
    return _line(Check.WORKERS, Verdict.ACT if work else Verdict.LOOK, "None runs.", start)


def _at_work(living: Sequence[SeenWorker], limit: Limit, *, found: str) -> Line:
    """Some are at work. Whether one is missing, or is of an older release and leaves to others what it cannot read."""
    dead = [each.name for each in living if _judge(each.seconds_ago, limit) is Verdict.ACT]
    older = [each for each in living if each.newer and each.name not in dead]
    if older:
        return _older(older, found)
    if not dead:
        return _line(Check.WORKERS, Verdict.OK, found, "")
    return _line(
        Check.WORKERS,
        Verdict.LOOK,
        f"{found} Gone without a word: {', '.join(dead)}.",
        "Look at that machine; the others do its work meanwhile.",
    )


def _older(workers: Sequence[SeenWorker], found: str) -> Line:
    names = ", ".join(f"{each.name} ({each.version})" for each in workers)
    return _line(
        Check.WORKERS,
        Verdict.LOOK,
        f"{found} {sum(each.newer for each in workers)} waits and messages were left, which a newer Evenroll wrote and "
        f"these cannot read: {names}.",
        "Put the newer Evenroll on that machine; see that a worker of it runs somewhere, for only that one takes them.",
    )


def _has_work(facts: HealthFacts) -> bool:
    return any(each.boxes.to_send or each.overdue for each in facts.organizations)


def _outbox(facts: HealthFacts, limits: Mapping[str, Limit]) -> Line:
    waiting = [each for each in facts.organizations if each.boxes.to_send]
    if not waiting:
        return _line(Check.OUTBOX, Verdict.OK, "No message waits to be delivered.", "")
    oldest = max(waiting, key=lambda each: to_send_seconds(each, now=facts.now))
    seconds = to_send_seconds(oldest, now=facts.now)
    return _line(
        Check.OUTBOX,
        _judge(seconds, limits["outbox_seconds"]),
        f"{sum(each.boxes.to_send for each in waiting)} messages wait to be delivered, the oldest for "
        f"{span_words(seconds)} ({oldest.organization}); {sum(each.boxes.retried for each in waiting)} failed before.",
        f"See that a worker runs; then `{typed('worker --once')}`, and look at its log for message_away.",
    )


def _parked(facts: HealthFacts, limits: Mapping[str, Limit]) -> Line:
    boxes = [each.boxes for each in facts.organizations]
    count = sum(each.inbox_parked + each.outbox_parked for each in boxes)
    if not count:
        return _line(Check.PARKED, Verdict.OK, "No message is parked.", "")
    sent = oldest_seconds([each.outbox_parked_since for each in boxes], now=facts.now)
    seconds = max([sent, *(each.inbox_seconds for each in boxes)])
    # That one is parked at all is for a person to see, however young it is.
    verdict = _worst(Verdict.LOOK, _judge(seconds, limits["parked_seconds"]))
    return _line(
        Check.PARKED,
        verdict,
        f"{count} messages are parked, {sum(each.inbox_parked for each in boxes)} not taken and "
        f"{sum(each.outbox_parked for each in boxes)} not delivered; the oldest for {span_words(seconds)}.",
        f"`{typed('parked list')}` says why; mend that, then `{typed('parked retry')}`, or `parked drop`.",
    )


def _notices(facts: HealthFacts, limits: Mapping[str, Limit]) -> Line:
    counted = [each.notices for each in facts.organizations]
    owed, parked = sum(each.owed for each in counted), sum(each.parked for each in counted)
    if not owed and not parked:
        return _line(Check.NOTICES, Verdict.OK, "No notice to a customer waits.", "")
    seconds = oldest_seconds([each.owed_since for each in counted], now=facts.now)
    found = f"{owed} notices to customers wait, the oldest for {span_words(seconds)}; {parked} are parked."
    if parked:
        verdict = _worst(Verdict.LOOK, _judge(seconds, limits["notice_seconds"]))
        to_do = f"`{typed('notices list --state parked')}` says why; mend that, then `{typed('notices retry')}`."
        return _line(Check.NOTICES, verdict, found, to_do)
    if not facts.sends_mail:
        found = f"{owed} notices to customers wait, and no way for mail is named here."
        to_do = "Set EVENROLL_MAIL_URL for the worker, see docs/mail.md; after a week they are no news any more."
        return _line(
            Check.NOTICES, Verdict.LOOK if seconds > limits["notice_seconds"].look else Verdict.OK, found, to_do
        )
    to_do = f"See that a worker runs; then `{typed('worker --once')}`, and look at its log for notice_away."
    return _line(Check.NOTICES, _judge(seconds, limits["notice_seconds"]), found, to_do)


def _overdue(facts: HealthFacts, limits: Mapping[str, Limit]) -> Line:
    late = [each for each in facts.organizations if each.overdue]
    if not late:
        return _line(Check.OVERDUE, Verdict.OK, "No deadline has passed untaken.", "")
    roles: dict[str, int] = {}
    for each in late:
        for role, lapsed in each.overdue.items():
            roles[role] = roles.get(role, 0) + lapsed.count
    seconds = max(overdue_seconds(each, now=facts.now) for each in late)
    told = ", ".join(f"{role} {count}" for role, count in sorted(roles.items()))
    return _line(
        Check.OVERDUE,
        _judge(seconds, limits["overdue_seconds"]),
        f"{sum(roles.values())} deadlines have passed and nothing came of it yet, the oldest {span_words(seconds)} "
        f"ago; by whom they waited on: {told}.",
        f"See that a worker runs; then `{typed('worker --once')}`. What fails again goes to the supervisor: "
        f"`{typed('queue --role supervisor')}`.",
    )


def _late_work(facts: HealthFacts) -> Line:
    """Work of people: nobody is to be woken for it, so that it is looked at by day and has no limit."""
    long_waits = [each.long_waits for each in facts.organizations if each.long_waits]
    credits = [found for each in facts.organizations for found in each.late_credits]
    if not long_waits and not credits:
        return _line(Check.LATE_WORK, Verdict.OK, "Nobody's work stands for long.", "")
    oldest = [each.oldest_at for each in long_waits] + [each.since for each in credits]
    count, usd = sum(each.count for each in credits), sum(each.usd for each in credits)
    return _line(
        Check.LATE_WORK,
        Verdict.LOOK,
        f"{count} credits at {sum(each.cases for each in credits)} cases are overdue, ${usd:,.2f} in all, and "
        f"{sum(each.count for each in long_waits)} waits stand with the supervisor for more than 30 days; the oldest "
        f"began {span_words(oldest_seconds(oldest, now=facts.now))} ago.",
        f"`{typed('queue --role supervisor')}`, or the supervisor's queue on the web.",
    )


def _seal(facts: HealthFacts, limits: Mapping[str, Limit]) -> Line:
    count = sum(each.not_sealed for each in facts.organizations)
    seconds = max((each.seal_seconds for each in facts.organizations), default=0)
    if not count:
        return _line(Check.SEAL, Verdict.OK, "Every entry of the journal is sealed.", "")
    verdict = _judge(seconds, limits["seal_seconds"])
    return _line(
        Check.SEAL,
        # Nobody's worker stands still where none is to run.
        Verdict.LOOK if facts.demo and verdict is Verdict.ACT else verdict,
        f"{count} entries of the journal are not sealed, the oldest for {span_words(seconds)}.",
        f"A worker seals: see that one runs, or seal by hand: `{typed('journal checkpoint')}`.",
    )


def _disk(facts: HealthFacts, limits: Mapping[str, Limit]) -> Line:
    disk = facts.disk
    percent = 100 * disk.free_bytes / max(disk.total_bytes, 1)
    by_share = _judge(percent, limits["disk_free_percent"])
    verdict = _worst(by_share, _judge(disk.free_bytes, limits["disk_free_bytes"]))
    wal = "" if disk.wal_bytes is None else f", its write-ahead log {size_words(disk.wal_bytes)}"
    where = "the database's disk" if disk.is_server else "the disk of EVENROLL_HOME (the database's is elsewhere)"
    found = f"{size_words(disk.free_bytes)} of {size_words(disk.total_bytes)} ({percent:.0f} %) are free on {where}"
    return _line(
        Check.DISK,
        verdict,
        f"{found}; the database takes {size_words(facts.server.size_bytes)}{wal}.",
        f"Free space on the disk of {disk.path} before it is full: the database stops when it is. Move logs and "
        "exports away, or enlarge it. Never delete anything below `pg_wal`.",
    )


def _server(facts: HealthFacts, limits: Mapping[str, Limit]) -> tuple[Line, Line]:
    server = facts.server
    percent = 100 * server.connections / max(server.connections_max, 1)
    return (
        _line(
            Check.TRANSACTIONS,
            _judge(server.transaction_seconds, limits["transaction_seconds"]),
            f"The oldest transaction has run for {span_words(server.transaction_seconds)}.",
            "Find it in pg_stat_activity (xact_start) and end its process; it keeps locks and old rows.",
        ),
        _line(
            Check.CONNECTIONS,
            _judge(percent, limits["connections_percent"]),
            f"PostgreSQL {server.version} has {server.connections} of {server.connections_max} connections in use.",
            "End commands that hang, run fewer workers, or raise max_connections of the server.",
        ),
    )


def _clock(facts: HealthFacts, limits: Mapping[str, Limit]) -> Line:
    ahead = facts.clock_seconds
    verdict = _judge(abs(ahead), limits["clock_seconds"])
    if verdict is Verdict.OK:
        whose = (
            "A demo's clock stands still until it is moved" if facts.demo else "Business goes by this machine's clock"
        )
        return _line(Check.CLOCK, verdict, f"{whose}; the machine's agrees with the database's.", "")
    return _line(
        Check.CLOCK,
        verdict,
        f"This machine's clock is {span_words(abs(ahead))} {'ahead of' if ahead > 0 else 'behind'} the database's.",
        "Set it by NTP: what comes due, comes due by the clock of the machine whose worker looks.",
    )

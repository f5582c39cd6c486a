"""A campaign of faults: lives go on stage by stage, each is met by one, and everything is looked at after each."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from evenroll.quantities.identifiers import OrganizationKey
from tests.faults import truths
from tests.faults.child import Meeting
from tests.faults.lives import SCRIPTS, SETTLED, Life
from tests.faults.meeting import TRIES_MAX, Met, Run, release_claims
from tests.faults.plan import BENDING, Act, Drawn, Kind, Point
from tests.faults.server import Box
from tests.faults.works import Command, Drive, Enroll, Load, Seal, Work, do, drive, seal_round

WHOLE_EVERY = 50
"""After so many faults the whole database is replayed, and its log held against every checkpoint."""
SEAL_EVERY = 5
RACE_SECONDS_MAX = 0.004


class Broken(AssertionError):
    """Something that must always be true is not."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What became of one fault. recovered: seconds from the fault until the work was done. broken: what is not true."""

    drawn: Drawn
    act: Act
    point: Point
    turn: int
    times: int
    is_racing: bool
    is_hit: bool
    answered: bool
    failed: tuple[str, ...]
    recovered: float
    seconds: float
    broken: tuple[str, ...]


@dataclass(kw_only=True)
class Campaign:
    """What goes on from fault to fault. profiles, stories: of the stages without a fault. heads: given out so far."""

    box: Box
    folder: Path
    lives: dict[str, Life] = field(default_factory=dict)
    profiles: dict[str, list[dict[Point, int]]] = field(default_factory=dict)
    stories: dict[str, list[Counter[Any]]] = field(default_factory=dict)
    heads: list[Any] = field(default_factory=list)
    organizations: list[OrganizationKey] = field(default_factory=list)

    def learn(self, names: Sequence[str]) -> None:
        """Live each life once without a fault: which points its stages pass, and what its journals tell then."""
        for name in names:
            life = self._begun(name)
            self.profiles[name], self.stories[name] = [], []
            for stage in SCRIPTS[name].stages:
                work = stage(life)
                met = Run(box=self.box, work=work, territory=life.territory).go()
                found = [*met.failed, *self._after(work, life, met)]
                if found or not met.passed:
                    raise Broken(f"{name} does not go without a fault: {found}")
                self.profiles[name].append(met.passed)
                self.stories[name].append(self._story(life))

    def meet(self, drawn: Drawn) -> Outcome:
        """One fault, all that follows from it, and what is not true then."""
        began = time.monotonic()
        life = self._begun(drawn.life) if drawn.is_first else self.lives[drawn.life]
        work = SCRIPTS[drawn.life].stages[drawn.stage](life)
        profile = self.profiles[drawn.life][drawn.stage]
        point, turn = drawn.meets(profile)
        # With nothing left to do it would be through before the fault.
        is_racing = drawn.is_racing and point not in (Point.ANSWER_BEFORE, Point.COMMIT_AFTER)
        meeting = Meeting(
            point=point,
            turn=turn,
            kind=drawn.kind,
            waits=not is_racing,
            jump=timedelta(hours=drawn.jump_hours),
        )
        life.is_bent = life.is_bent or drawn.kind in BENDING
        run = Run(box=self.box, work=work, territory=life.territory, meeting=meeting, fills_log=drawn.place < 0.5)
        run.delay = drawn.turn * RACE_SECONDS_MAX if is_racing else 0.0
        met, found = Met(), list[str]()
        try:
            met = run.go()
            self.box.free_disk()
            self.box.recover()
            self.box.wait_until_quiet()
            found += _given_up(met, drawn.kind)
            found += self._after(work, life, met)
            recovered = time.monotonic() - (met.done_at or began)
            found += self._untrue(drawn, life, work)
        except AssertionError as error:
            found.append(f"{type(error).__name__}: {error}")
            recovered = time.monotonic() - (met.done_at or began)
        return Outcome(
            drawn=drawn,
            act=work.act,
            point=point,
            turn=turn,
            times=profile[point],
            is_racing=is_racing,
            is_hit=met.is_hit,
            answered=met.answer is not None,
            failed=tuple(met.failed),
            recovered=recovered,
            seconds=time.monotonic() - began,
            broken=tuple(found),
        )

    def pass_by(self, drawn: Drawn) -> None:
        """Live the stage of a fault without the fault: for a replay of a later one."""
        life = self._begun(drawn.life) if drawn.is_first else self.lives[drawn.life]
        work = SCRIPTS[drawn.life].stages[drawn.stage](life)
        met = Run(box=self.box, work=work, territory=life.territory).go()
        for _ in self._after(work, life, met):
            pass

    def whole(self) -> list[str]:
        """The truths about the whole database."""
        from django.db import connections

        from evenroll.records.sealing import seal_all

        found = list[str]()
        seal_all()
        with self.box.superuser() as pen:
            found += truths.broken(pen, self.organizations)
            found += truths.unsealed(pen, self.organizations)
        found += _replayed(self.organizations)
        found += truths.broken_walls(self.organizations)
        found += self._sealed()
        connections.close_all()
        return found

    def _begun(self, name: str) -> Life:
        life = SCRIPTS[name].begin(self.folder)
        self.lives[name] = life
        self.organizations += life.territory.organizations
        return life

    def _story(self, life: Life) -> Counter[Any]:
        with self.box.superuser() as pen:
            return truths.story(pen, life.territory.organizations)

    def _after(self, work: Work, life: Life, met: Met) -> Iterator[str]:
        """Do it again as whoever had no answer does, and settle; what is not as it must be then."""
        match work:
            case Command():
                yield from self._asked_again(work, life, met)
            case Drive():
                self._settle(life, since=met.clock or work.since, until=work.until)
            case Seal():
                do(work, here=life.here, tell=lambda told: None)
                yield from self._sealed()
            case Enroll():
                yield from self._sent_again(work, life, met)
                self._settle(life, since=work.now, until=work.now)
            case Load():
                yield from self._loaded_again(work, life, met)
        for envelope in met.again:
            life.territory.installation.delivery.deliver(envelope, now=life.now)
        if met.again:
            self._settle(life, since=life.now, until=life.now)

    def _asked_again(self, work: Command, life: Life, met: Met) -> Iterator[str]:
        same = (met,) if work.beside is not None or met.rival is None else (met, met.rival)
        answers = [each.answer for each in same if each.answer is not None]
        with self.box.superuser() as pen:
            kept = pen.execute("SELECT count(*) FROM command_answer WHERE key = %s", (work.key,)).fetchone()
        if answers and kept != (1,):
            yield f"invariant 5: {work.name} was answered, and {kept} answers are kept"
        do(work, here=life.here, tell=lambda told: answers.append(told["answer"]))
        if any(each != answers[0] for each in answers):
            yield f"invariant 5: {work.name} has one key and several answers: {answers}"
        if not life.is_bent and "refused" in answers[0]:
            yield f"invariant 5: {work.name} is refused after a fault: {answers[0]}"
        if work.beside is not None:
            yield from self._asked_again(work.beside, life, met.rival or Met())

    def _sent_again(self, work: Enroll, life: Life, met: Met) -> Iterator[str]:
        told, again = list(met.row), list[tuple[int, str, str]]()
        do(work, here=life.here, tell=lambda said: again.append(said["row"]) if "row" in said else None)
        lost = [row for row in told if row[2] == "accepted" and row not in again]
        if lost or [row[2] for row in again] != ["accepted"] * work.rows:
            yield f"invariant 5: rows were told {told}, and the same file again tells {again}"

    def _loaded_again(self, work: Load, life: Life, met: Met) -> Iterator[str]:
        count = self._count(work)
        before = 0 if work.rows != 60 else 40
        if count != work.rows and (met.answer is not None or count != before):
            yield f"invariant 5: {work.kind} left {count} of {work.rows} rows, answered {met.answer}"
        do(work, here=life.here, tell=lambda told: None)
        if self._count(work) != work.rows:
            yield f"invariant 5: {work.kind} once more leaves {self._count(work)} of {work.rows} rows"

    def _count(self, work: Load) -> int:
        with self.box.superuser() as pen:
            row = pen.execute(
                f"SELECT count(*) FROM {work.table} JOIN organization ON organization.id = organization_id "  # pyright: ignore[reportArgumentType]
                "WHERE organization.key = %s",
                (work.organization,),
            ).fetchone()
        return 0 if row is None else row[0]

    def _settle(self, life: Life, *, since: Any, until: Any) -> None:
        """A new worker goes on where the other was, until what that one had in hand is free and done."""
        release_claims(self.box)
        told = list[Any]()
        drive(Drive(since=since, until=until + SETTLED), here=life.here, tell=told.append)
        failed = told[-1]["answer"]["failed"]
        if failed and not life.is_bent:
            raise Broken(f"A worker fails {failed} times after all is mended.")

    def _untrue(self, drawn: Drawn, life: Life, work: Work) -> Iterator[str]:
        from django.db import connections

        own = life.territory.organizations
        with self.box.superuser() as pen:
            yield from truths.broken(pen, own)
            if isinstance(work, Drive | Seal):
                # Not after the others: a seal round may be the next stage.
                seal_round(life.territory)
                yield from truths.unsealed(pen, own)
        yield from truths.broken_streams(own)
        yield from _replayed(own)
        if not life.is_bent:
            told, wanted = self._story(life), self.stories[drawn.life][drawn.stage]
            if told != wanted:
                yield f"the story differs: more {told - wanted}, less {wanted - told}"
        if drawn.number % SEAL_EVERY == 0:
            yield from truths.broken_walls(own)
            yield from self._sealed()
        connections.close_all()

    def _sealed(self) -> Iterator[str]:
        """Hold the log against every head so far, then give out the next."""
        from evenroll.records.checkpoints import opened
        from evenroll.records.heads import give_out, own_verifier
        from evenroll.records.keys import current_keys

        yield from truths.broken_seal(self.heads[-8:], self.organizations)
        keys = current_keys()
        self.heads.append(opened(give_out(keys), verifier=own_verifier(keys)))


def _replayed(organizations: Sequence[OrganizationKey]) -> Iterator[str]:
    """10: every row made anew from the journal alone is the row that is there."""
    from evenroll.records.replay import replay

    result = replay(f"anew_{time.monotonic_ns()}", organizations=organizations)
    for each in (*result.differences, *result.faults):
        yield f"invariant 10, replay of all rows: {each}"


def _given_up(met: Met, kind: Kind) -> Iterator[str]:
    """A process lives on after a fault: once all is mended around it, the next try is answered.

    A server that loses one of its processes, or finds no room, may still be on its way down when it seems to be up.
    """
    if len(met.failed) > (TRIES_MAX - 1 if kind in (Kind.BACKEND_KILL, Kind.DISK_FULL) else 1):
        yield f"invariant 5: a process tried again after all was mended, and failed again: {met.failed}"

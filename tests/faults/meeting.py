"""One fault: the child forked, met at its point, done to; what it answered; and what recovery took."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from evenroll.records.envelope import Envelope
from tests.faults.child import BY_ITSELF, Meeting, child
from tests.faults.plan import OF_DATABASE, Act, Kind, Point
from tests.faults.server import Box
from tests.faults.works import Command, Drive, Work, seal_round
from tests.territory import Territory

HUNG_SECONDS = 40
STOP_SECONDS = 0.15
TRIES_MAX = 4
_GO = "go"


class Hung(AssertionError):
    """A process that does not end."""


@dataclass(kw_only=True)
class Met:
    """What became of the process. answer: None if none was told. row: of the bulk door, told one by one.

    again: messages that are brought once more later. clock: up to which instant its rounds came.
    is_hit: whether its work was under way when the fault came. done_at: when it came, by the monotonic clock.
    """

    at: str = ""
    is_hit: bool = False
    done_at: float = 0.0
    answer: Any = None
    row: list[tuple[int, str, str]] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    again: list[Envelope] = field(default_factory=list)
    clock: Any = None
    passed: dict[Point, int] = field(default_factory=dict)
    rival: Met | None = None


@dataclass(kw_only=True)
class Run:
    """A child at work. kind: what is to be done to it, None for nothing."""

    box: Box
    work: Work
    territory: Territory
    meeting: Meeting = field(default_factory=Meeting)
    delay: float = 0.0
    fills_log: bool = False

    def go(self) -> Met:
        """Run it to its end, with its fault. Raises Hung."""
        from django.db import connections

        connections.close_all()
        context = multiprocessing.get_context("fork")
        self.line, there = context.Pipe()
        self.process = context.Process(target=child, args=(self.work, self.territory, self.meeting, there))
        self.process.start()
        there.close()
        self.met = Met()
        try:
            while self._hear():
                pass
        finally:
            self.process.kill()
            self.process.join()
            self.line.close()
        return self.met

    def _hear(self) -> bool:
        """Take the next that it says; whether it may say more."""
        if not self.line.poll(HUNG_SECONDS):
            raise Hung(f"The process hangs for {HUNG_SECONDS} s after {self.met.at or 'its start'}.")
        try:
            told = self.line.recv()
        except (EOFError, ConnectionResetError):
            return False
        if "at" in told:
            self.met.at = told["at"]
            self._do(told["backend"])
        elif "failed" in told:
            self._mend(told["failed"])
        else:
            self._note(told)
        return True

    def _note(self, told: dict[str, Any]) -> None:
        for name, said in told.items():
            kept = getattr(self.met, name)
            if isinstance(kept, list):
                kept.append(said)
            else:
                setattr(self.met, name, said)

    def _mend(self, failed: str) -> None:
        """What is around the process mends, and it tries again, as a person or a machine at a door would."""
        self.met.failed.append(failed)
        self.box.free_disk()
        if self.meeting.kind in OF_DATABASE:
            self.box.recover()
        # A worker that fails ends; whoever started it starts another.
        again = self.work.act is not Act.DRIVE and len(self.met.failed) < TRIES_MAX
        self._say("again" if again else "end")

    def _say(self, word: str) -> None:
        with suppress(BrokenPipeError):
            self.line.send(word)

    def _do(self, backend: int | None) -> None:
        """The fault itself. The process waits at its point meanwhile, unless it was to go on."""
        time.sleep(self.delay)
        self.met.is_hit = self._is_at_work()
        self.met.done_at = time.monotonic()
        pid = self.process.pid
        assert pid is not None
        if self.meeting.kind is Kind.PROCESS_STOP:
            os.kill(pid, signal.SIGSTOP)
            self.met.rival = self._beside(pid)
        elif self.meeting.kind is Kind.BACKEND_STOP:
            self._stop_backend(backend)
        else:
            self._break(backend)
            if self.meeting.kind not in BY_ITSELF and self.meeting.waits:
                self._say(_GO)

    def _break(self, backend: int | None) -> None:
        """backend: None where the process has no connection at this moment."""
        match self.meeting.kind:
            case Kind.PROCESS_KILL:
                self.process.kill()
            case Kind.POSTMASTER_KILL:
                self.box.kill_postmaster()
            case Kind.BACKEND_KILL if backend is not None:
                with suppress(ProcessLookupError):
                    os.kill(backend, signal.SIGKILL)
            case Kind.CONNECTION_CUT if backend is not None:
                self.box.cut(backend)
            case Kind.DISK_FULL:
                self.box.fill_disk(with_log=self.fills_log)
            case _:
                return

    def _is_at_work(self) -> bool:
        """Whether it has not told its answer yet; one that went on may have."""
        while not self.meeting.waits and self.line.poll(0):
            if not self._hear():
                return False
        return self.met.answer is None

    def _stop_backend(self, backend: int | None) -> None:
        with suppress(ProcessLookupError):
            if backend is not None:
                os.kill(backend, signal.SIGSTOP)
        self._say(_GO)
        time.sleep(STOP_SECONDS)
        with suppress(ProcessLookupError):
            if backend is not None:
                os.kill(backend, signal.SIGCONT)

    def _same_or_other(self) -> Work:
        match self.work:
            case Command(beside=other) if other is not None:
                return other
            case Drive():
                # At the instant at which the first was stopped: its clock does not run on for days meanwhile.
                now = self.met.clock or self.work.since
                return Drive(since=now, until=now)
            case _:
                return self.work

    def _beside(self, pid: int) -> Met:
        """Another process does the same meanwhile; the first goes on after a while, from where it stood."""
        release_claims(self.box)
        # Sealing waits for nobody, and yet nothing that is written now may be passed over by it.
        # (Who seals itself would be waited for.)
        for _ in range(0 if self.work.act in (Act.DRIVE, Act.SEAL) else 2):
            seal_round(self.territory)
        rival = Run(box=self.box, work=self._same_or_other(), territory=self.territory)
        waker = os.fork()
        if waker == 0:
            time.sleep(STOP_SECONDS)
            os.kill(pid, signal.SIGCONT)
            os._exit(0)
        # The line of the one that was stopped is read only when the other is through: a pipe holds what it says.
        self._say(_GO)
        try:
            return rival.go()
        finally:
            os.waitpid(waker, 0)


def release_claims(box: Box) -> None:
    """What a worker that is gone had in hand is free, as after the minute for which it had claimed it.

    One that was only stopped may hold rows locked: those wait for it, and nobody here waits for them.
    """
    with box.superuser() as pen:
        pen.execute(
            "UPDATE track SET claimed_until = NULL WHERE ctid = ANY(ARRAY("
            "SELECT ctid FROM track WHERE claimed_until IS NOT NULL FOR UPDATE SKIP LOCKED))"
        )

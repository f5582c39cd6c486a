"""PostgreSQL's own programs for a backup: pg_dump, pg_restore and psql, run with the owner's login."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import IO, Final

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from evenroll.runtime.cli_exit import CommandEnded, ExitCode
from evenroll.runtime.embedded_binaries import installed_binaries
from evenroll.runtime.embedded_places import make_places, places_of

PROGRAMS_VARIABLE: Final = "EVENROLL_POSTGRES_BIN"
NEEDED: Final = ("pg_dump", "pg_restore", "psql")
_HEAD_BYTES: Final = 4096
# A server older than 17 does not know it, and the programs of 17 and newer always write it.
_ONLY_SINCE_17: Final = b"SET transaction_timeout = 0;\n"
KNOWS_TIMEOUT: Final = 170000


class BackupRefused(CommandEnded):
    """A backup could not be made or restored; the message is the sentence shown to the person."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, code=ExitCode.REFUSED, reason="backup_refused")


@dataclass(frozen=True, kw_only=True, slots=True)
class Programs:
    """Where PostgreSQL's programs are, and the owner's address of the database that they work on."""

    folder: Path
    url: str

    def __repr__(self) -> str:
        return f"Programs({self.folder})"

    def dump(self, *options: str, to: Path, organization_id: int | None = None) -> None:
        """Write an archive. organization_id: whose rows are seen behind the walls. Raises BackupRefused."""
        opened = "" if organization_id is None else f"-c evenroll.organization={organization_id}"
        command = [self._path("pg_dump"), "--format=custom", "--no-owner", f"--file={to}", *options, *self._target()]
        self._run(command, doing="write the backup", environ=self._environ(opened))

    def listed(self, archive: Path) -> int:
        """How many things an archive says that it holds. Raises BackupRefused for one that is none."""
        command = [self._path("pg_restore"), "--list", str(archive)]
        said = self._run(command, doing=f"read {archive.name}", environ=self._environ())
        return sum(1 for line in said.splitlines() if line and not line.startswith(";"))

    @contextmanager
    def script(self) -> Iterator[Script]:
        """One script that runs in one transaction: all of it or nothing. Raises BackupRefused at its end.

        The transaction is ended by the script's last words. psql's own (--single-transaction) commits what it has when
        its input ends, and so it ends as well where this process is killed.
        """
        command = [self._path("psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", "-"]
        with subprocess.Popen(
            [*command, *self._target()],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env=self._environ(),
        ) as running:
            assert running.stdin is not None
            with _heard(running) as errors:
                try:
                    script = Script(programs=self, to=running.stdin)
                    # Nobody reads what it notices, thousands of lines of a large restore.
                    script.say("SET client_min_messages = warning;")
                    script.say("BEGIN;")
                    yield script
                    script.say("COMMIT;")
                    running.stdin.close()
                except BrokenPipeError:
                    # It has stopped at an error, which it tells; what still waits in the pipe is for nobody.
                    with suppress(BrokenPipeError):
                        running.stdin.close()
                except BaseException:
                    running.kill()
                    # What was not said yet is for nobody either, and hides no error.
                    with suppress(BrokenPipeError):
                        running.stdin.close()
                    raise
        if running.returncode:
            raise BackupRefused(_why(errors, doing="restore the database"))

    def archive_text(self, archive: Path, *, section: str) -> subprocess.Popen[bytes]:
        """pg_restore at work: one section of an archive as SQL, on its standard output."""
        command = [self._path("pg_restore"), "--no-owner", f"--section={section}", "--file=-", str(archive)]
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=self._environ())

    def _path(self, program: str) -> str:
        return str(self.folder / program)

    def _target(self) -> list[str]:
        parts = {name: value for name, value in conninfo_to_dict(self.url).items() if name != "password"}
        return ["--dbname", make_conninfo("", **parts)]

    def _environ(self, options: str = "") -> dict[str, str]:
        # A password among the arguments of a process can be read by everybody on the machine.
        found = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}
        password = conninfo_to_dict(self.url).get("password")
        if password:
            found["PGPASSWORD"] = str(password)
        if options:
            found["PGOPTIONS"] = options
        return found

    def _run(self, command: Sequence[str], *, doing: str, environ: dict[str, str]) -> str:
        done = subprocess.run(command, check=False, capture_output=True, text=True, errors="replace", env=environ)
        if done.returncode:
            raise BackupRefused(_why(filter(_is_error, done.stderr.splitlines()), doing=doing))
        return done.stdout


@dataclass(frozen=True, kw_only=True, slots=True)
class Script:
    """What is being said to psql, in order. A line that it refuses ends all of it."""

    programs: Programs
    to: IO[bytes]

    def say(self, sql: str) -> None:
        """Statements, each ended by a semicolon."""
        self.to.write(sql.encode() + b"\n")

    def rows(self, table: str, lines: Iterator[bytes]) -> None:
        """Rows in the text form of COPY, each line with its end."""
        self.to.write(f"COPY {table} FROM stdin;\n".encode())
        for line in lines:
            self.to.write(line)
        self.to.write(b"\\.\n")

    def archive(self, archive: Path, *, section: str, knows_timeout: bool) -> None:
        """One section of an archive."""
        with self.programs.archive_text(archive, section=section) as reading:
            assert reading.stdout is not None
            with _heard(reading) as errors:
                head = reading.stdout.read(_HEAD_BYTES)
                self.to.write(head if knows_timeout else head.replace(_ONLY_SINCE_17, b"", 1))
                shutil.copyfileobj(reading.stdout, self.to)
        if reading.returncode:
            raise BackupRefused(_why(errors, doing=f"read {archive.name}"))


def programs_for(url: str, *, home: Path, major: int, environ: dict[str, str]) -> Programs:
    """The programs that fit a server of this major version: one's own where the environment names them.

    Raises BackupRefused where the named folder does not hold them, and ServerRefused where none are installed.
    """
    given = environ.get(PROGRAMS_VARIABLE, "")
    if given:
        folder = Path(given)
        missing = [name for name in NEEDED if not (folder / name).is_file()]
        if missing:
            raise BackupRefused(
                f"{PROGRAMS_VARIABLE}={given} holds no {', '.join(missing)}. Name the folder of PostgreSQL's programs, "
                "or leave it unset for those that come with Evenroll."
            )
        return Programs(folder=folder, url=url)
    places = places_of(home, major=16 if major == 16 else 18)
    make_places(places)
    return Programs(folder=installed_binaries(places), url=url)


@contextmanager
def _heard(process: subprocess.Popen[bytes]) -> Iterator[list[str]]:
    """The first error that a process tells, once it has ended. It is ended by an exception inside.

    What it says is read all the while: with a full pipe it would wait for us, and we for it.
    """
    assert process.stderr is not None
    said, errors = process.stderr, list[str]()

    def listen() -> None:
        for line in said:
            text = line.decode("utf-8", errors="replace")
            if not errors and _is_error(text):
                errors.append(text)

    listening = Thread(target=listen, daemon=True)
    listening.start()
    try:
        yield errors
    except BaseException:
        process.kill()
        raise
    finally:
        listening.join()


def _is_error(line: str) -> bool:
    return any(mark in line for mark in ("ERROR:", "error:", "FATAL:"))


def _why(errors: Iterable[str], *, doing: str) -> str:
    """The first error, without what stands beneath it: a DETAIL may quote a row, and so a person."""
    first = next(iter(errors), "")
    told = first.split("ERROR:")[-1].split("error:", 1)[-1].strip().rstrip(".") or "they said nothing"
    return (
        f"PostgreSQL's programs could not {doing}: {told}. Nothing was changed. Cure that and run it again; where "
        f"the server wants another connection than they can make, name your own in {PROGRAMS_VARIABLE}."
    )

"""The data directory of the embedded server: made whole or not at all, never overwritten."""

import json
import os
import secrets
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from evenroll.runtime.embedded_places import Places, ServerRefused, disk_full, give, refusal_of

SUPERUSER = "evenroll_superuser"
OWNER = "evenroll_owner"
APPLICATION = "evenroll_app"
AUDITOR = "evenroll_auditor"
ROLES = (SUPERUSER, OWNER, APPLICATION, AUDITOR)

NO_SPACE = "No space left on device"
# 16 has no builtin provider; the C library's C.UTF-8 sorts the same bytes the same way.
LOCALE_OF_MAJOR = {
    18: ("--locale-provider=builtin", "--locale=C.UTF-8"),
    16: ("--locale-provider=libc", "--locale=C.UTF-8"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class DatabaseProcess:
    """Under which account and environment the database's own programs run."""

    uid: int | None
    gid: int | None
    environ: Mapping[str, str]

    @property
    def groups(self) -> list[int] | None:
        return None if self.uid is None else []


def database_process(places: Places) -> DatabaseProcess:
    """Demoted where the caller is root; without the caller's PG* and LD_* variables in any case."""
    account = places.account
    return DatabaseProcess(
        uid=account.uid if account else None,
        gid=account.gid if account else None,
        environ={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
    )


def ensure_cluster(places: Places, *, binaries: Path) -> None:
    """Make the data directory if there is none; check the one that is there.

    A crash half-way leaves only a folder under another name, removed by the next call. Call it under the
    exclusive lock. Raises ServerRefused: foreign or half a data directory, disk full, no permission.
    """
    for left in places.base.glob("cluster.new-*"):
        shutil.rmtree(left, ignore_errors=True)
    if is_there(places):
        _check_cluster(places)
        return
    fresh = places.base / f"cluster.new-{secrets.token_hex(4)}"
    try:
        passwords = {role: secrets.token_urlsafe(32) for role in ROLES}
        make_cluster(places, fresh=fresh, binaries=binaries, passwords=passwords)
        fresh.rename(places.cluster)
    except OSError as error:
        raise refusal_of(error, doing="make a new database", at=places.base) from error
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def is_there(places: Places) -> bool:
    """Whether a data directory was made here, whole or not."""
    return places.cluster.is_dir() and any(places.cluster.iterdir())


def read_passwords(places: Places) -> dict[str, str]:
    """The password of each role. Raises ServerRefused where they cannot be read."""
    try:
        found = json.loads(places.passwords.read_text(encoding="utf-8"))
        return {role: str(found[role]) for role in ROLES}
    except OSError as error:
        raise refusal_of(error, doing="read the database's passwords", at=places.passwords) from error
    except (ValueError, KeyError, TypeError):
        raise ServerRefused(
            f"The database's passwords in {places.passwords} are not readable as Evenroll wrote them. "
            "Nothing was changed. Restore that file from a backup."
        ) from None


def _check_cluster(places: Places) -> None:
    version = places.data / "PG_VERSION"
    try:
        whole = version.is_file() and (places.data / "global" / "pg_control").is_file()
        found = version.read_text(encoding="ascii").strip() if whole else ""
        readable = places.passwords.is_file()
    except OSError as error:
        raise refusal_of(error, doing="read the data directory", at=places.data) from error
    if not whole or not readable:
        missing = places.passwords.name if whole else "parts of PostgreSQL's files"
        raise ServerRefused(
            f"The data directory {places.cluster} is not whole ({missing} missing). Nothing was changed. "
            "Restore it from a backup, or move it away and run the command again for a new, empty one."
        )
    if found != str(places.major):
        raise ServerRefused(
            f"The data directory {places.data} was written by PostgreSQL {found}, and this is "
            f"PostgreSQL {places.major}. Nothing was changed. "
            f"Set EVENROLL_POSTGRES={found} if that version is shipped, "
            "or set EVENROLL_HOME to another folder."
        )


def make_cluster(places: Places, *, fresh: Path, binaries: Path, passwords: Mapping[str, str]) -> None:
    """Make an empty data directory with these passwords in a folder that is not there yet.

    Raises ServerRefused, and OSError where the folder cannot be written.
    """
    fresh.mkdir()
    fresh.chmod(0o711 if places.account else 0o700)
    data = fresh / "data"
    data.mkdir(mode=0o700)
    give(data, to=places.account)
    _write_closed(fresh / places.passwords.name, json.dumps(dict(passwords), indent=1))
    password_file = fresh / "first-password"
    _write_closed(password_file, passwords[SUPERUSER])
    give(password_file, to=places.account)
    _run_initdb(places, data=data, binaries=binaries, password_file=password_file)
    password_file.unlink()


def _run_initdb(places: Places, *, data: Path, binaries: Path, password_file: Path) -> None:
    command = [
        *(str(binaries / "initdb"), "-D", str(data), "-U", SUPERUSER, "--pwfile", str(password_file)),
        *("-A", "scram-sha-256", "--data-checksums", "--encoding=UTF8", *LOCALE_OF_MAJOR[places.major]),
    ]
    answer = run_demoted(places, command)
    if answer.returncode == 0:
        return
    said = f"{answer.stdout}\n{answer.stderr}"
    if NO_SPACE in said:
        raise disk_full(doing="make a new database", at=places.base)
    raise ServerRefused(
        f"PostgreSQL could not make its data directory below {places.base}: {last_words(said)}. "
        "Nothing was left behind; cure that and run the command again."
    )


def run_demoted(
    places: Places, command: list[str], *, folder: Path = Path("/"), environ: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run one of PostgreSQL's programs to its end as the database's account.

    folder: where it works. environ: variables beside those that every such program gets.
    Raises ServerRefused where the caller may not change account, or the program cannot run here.
    """
    process = database_process(places)
    try:
        return subprocess.run(
            command,
            check=False,
            capture_output=True,
            text=True,
            errors="replace",
            stdin=subprocess.DEVNULL,
            cwd=folder,
            env={**process.environ, **(environ or {})},
            user=process.uid,
            group=process.gid,
            extra_groups=process.groups,
        )
    except OSError as error:
        raise cannot_run(error, places=places, program=command[0]) from error


def cannot_run(error: OSError, *, places: Places, program: str) -> ServerRefused:
    """The sentence for a program that could not even be started."""
    if places.account and isinstance(error, PermissionError):
        return ServerRefused(
            f'Root may not become "{places.account.name}" here, and PostgreSQL never runs as root. '
            "Run Evenroll as an ordinary user, or give DATABASE_URL and DATABASE_OWNER_URL of your server."
        )
    return ServerRefused(
        f"{program} does not run on this system: {error.strerror}. Give DATABASE_URL and DATABASE_OWNER_URL "
        "of a PostgreSQL 16 to 18 of your own."
    )


def last_words(said: str) -> str:
    """The line of a program's output that tells why it failed."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    words = ("FATAL:", "error:", "PANIC:", "could not")
    telling = [line for line in lines if any(word in line for word in words)]
    return (telling or lines or ["it said nothing"])[-1].rstrip(".")


def _write_closed(path: Path, text: str) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())

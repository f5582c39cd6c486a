"""The folders of one embedded server, who owns them, and the one exception its launcher raises."""

import errno
import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path

MAJORS = (18, 16)
DATABASE_ACCOUNT = "nobody"
OPEN_TO_PASS = 0o711
CLOSED = 0o700


class ServerRefused(Exception):
    """The embedded server could not be had; the message is the sentence shown to the person."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Account:
    """The account that runs the database when the caller is root."""

    name: str
    uid: int
    gid: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Places:
    """Every path of the embedded server of one major version under one home."""

    home: Path
    major: int
    account: Account | None

    @property
    def base(self) -> Path:
        return self.home / f"postgres-{self.major}"

    @property
    def binaries(self) -> Path:
        return self.home / "binaries"

    @property
    def cluster(self) -> Path:
        return self.base / "cluster"

    @property
    def data(self) -> Path:
        return self.cluster / "data"

    @property
    def passwords(self) -> Path:
        return self.cluster / "passwords.json"

    @property
    def sockets(self) -> Path:
        return self.base / "socket"

    @property
    def log(self) -> Path:
        return self.base / "server.log"

    @property
    def postmaster_pid(self) -> Path:
        return self.data / "postmaster.pid"


def places_of(home: Path, *, major: int, account: str = DATABASE_ACCOUNT) -> Places:
    """The paths of the server of that major version; makes nothing.

    account: who runs the database when the caller is root; ignored for everybody else.
    Raises ServerRefused for a major version that is not shipped, and for root without that account.
    """
    if major not in MAJORS:
        shipped = " and ".join(str(one) for one in MAJORS)
        raise ServerRefused(
            f"PostgreSQL {major} is not shipped; {shipped} are. "
            "Set EVENROLL_POSTGRES to one of them, or leave it unset."
        )
    # One home has one name: the running server is recognized by the path it was started with.
    return Places(home=home.resolve(), major=major, account=_account(account) if os.geteuid() == 0 else None)


def make_places(places: Places) -> None:
    """Make the folders above the data directory, with the rights each needs.

    Raises ServerRefused, naming the folder, where it may not be made or the database could not reach it.
    """
    try:
        _make_folder(places.home, mode=OPEN_TO_PASS if places.account else CLOSED)
        _make_folder(places.base, mode=OPEN_TO_PASS if places.account else CLOSED)
        _make_folder(places.sockets, mode=CLOSED)
        give(places.sockets, to=places.account)
    except OSError as error:
        raise refusal_of(error, doing="prepare its home", at=places.home) from error
    if places.account:
        _check_passable(places.base, account=places.account)


def give(path: Path, *, to: Account | None) -> None:
    """Hand a file or folder to the database's account; nothing to do where that is the caller."""
    if to is not None:
        os.chown(path, to.uid, to.gid)


def refusal_of(error: OSError, *, doing: str, at: Path) -> ServerRefused:
    """The sentence for an error of the file system."""
    # shutil gathers the errors of many files into one that has a text and no number.
    if error.errno in (errno.ENOSPC, errno.EDQUOT) or os.strerror(errno.ENOSPC) in str(error):
        return disk_full(doing=doing, at=at)
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        where = error.filename or at
        return ServerRefused(
            f"Evenroll could not {doing}: no permission to write {where}. "
            "Set EVENROLL_HOME to a folder of your own, or run as the user who owns this one."
        )
    if error.errno in (errno.ENOTDIR, errno.EEXIST):
        return ServerRefused(
            f"Evenroll could not {doing}: {error.filename or at} is not a folder. "
            "Set EVENROLL_HOME to a folder of your own."
        )
    return ServerRefused(f"Evenroll could not {doing} at {at}: {error.strerror or error}.")


def disk_full(*, doing: str, at: Path) -> ServerRefused:
    """The sentence for a full disk or an exhausted quota."""
    return ServerRefused(
        f"Evenroll could not {doing}: the disk that holds {at} is full. Nothing was broken. "
        "Free some space (a new database needs about 150 MB), or set EVENROLL_HOME to another disk."
    )


def _account(name: str) -> Account:
    try:
        found = pwd.getpwnam(name)
    except KeyError:
        raise ServerRefused(
            f'PostgreSQL never runs as root, and the account "{name}" it would run as does not exist here. '
            "Run Evenroll as an ordinary user, or give DATABASE_URL and DATABASE_OWNER_URL of your server."
        ) from None
    return Account(name=name, uid=found.pw_uid, gid=found.pw_gid)


def _make_folder(path: Path, *, mode: int) -> None:
    # Only what we make gets our mode: a folder that was there before keeps its owner's choice.
    if not path.is_dir():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.mkdir(exist_ok=True)
        path.chmod(mode)


def _check_passable(path: Path, *, account: Account) -> None:
    for folder in (path, *path.parents):
        found = folder.stat()
        open_to_all = found.st_mode & stat.S_IXOTH
        own = found.st_uid == account.uid and found.st_mode & stat.S_IXUSR
        if not (open_to_all or own):
            raise ServerRefused(
                f'As root the database runs as "{account.name}", which may not pass through {folder}. '
                "Set EVENROLL_HOME to a folder that others may reach (such as /var/lib/evenroll), "
                f"or allow it: chmod o+x {folder}."
            )

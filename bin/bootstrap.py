"""Makes the environment .venv of this folder, with the pinned requirements and the project itself.

Usage: bootstrap.py run|test. Does nothing if it was done. Interrupted anywhere, the next run does it anew;
two at once take turns.
"""

import contextlib
import fcntl
import hashlib
import shutil
import subprocess
import sys
import time
import venv
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BEGUN = VENV / ".evenroll-begun"


def main(wanted: str) -> None:
    """Bring .venv to the requirements of that name: run, or test, which includes run."""
    with in_turn():
        if any(is_done(name) for name in enough_for(wanted)):
            return
        started = time.monotonic()
        if shutil.which("git") is None:
            print("git is missing: install it (Debian, Ubuntu: apt install git) to get updates; set-up goes on.")
        print(f"Setting up .venv with the pinned requirements ({wanted}); this is done once.", flush=True)
        make_environment()
        BEGUN.touch()
        for left in VENV.glob(".evenroll-done-*"):
            left.unlink()
        install("--require-hashes", "--requirement", f"requirements/{wanted}.txt")
        # The project itself has no hash; its build backend is among the pinned.
        install("--no-build-isolation", "--no-deps", "--editable", ".")
        stamp(wanted).write_text(state(wanted))
        BEGUN.unlink()
        print(f"Set up in {time.monotonic() - started:.0f} s.", flush=True)


def enough_for(wanted: str) -> tuple[str, ...]:
    """What may be installed so that nothing is missing."""
    return ("run", "test") if wanted == "run" else ("test",)


def is_done(name: str) -> bool:
    return stamp(name).is_file() and stamp(name).read_text() == state(name)


def stamp(name: str) -> Path:
    return VENV / f".evenroll-done-{name}"


def state(name: str) -> str:
    """What makes the environment stale once it changes: pins, project, Python, and where this folder is."""
    parts = [sys.version.encode(), sys.base_prefix.encode(), str(ROOT).encode()]
    files = (f"requirements/{name}.txt", "pyproject.toml", "bin/bootstrap.py")
    parts += [(ROOT / path).read_bytes() for path in files]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def make_environment() -> None:
    """Make .venv, or keep the one that is there if it is whole and of this Python and place."""
    whole = not BEGUN.exists() and belongs_here() and pip("--version").returncode == 0
    if not whole:
        shutil.rmtree(VENV, ignore_errors=True)
        venv.create(VENV, with_pip=True, symlinks=True)


def belongs_here() -> bool:
    """Scripts in .venv/bin name their Python by its full path: a moved folder takes a new one."""
    code = "import sys; print(sys.version); print(sys.base_prefix); print(sys.prefix)"
    with contextlib.suppress(OSError):
        answer = subprocess.run([python(), "-c", code], check=False, capture_output=True, text=True)
        script = (VENV / "bin" / "pip").read_text()
        return answer.stdout.startswith(f"{sys.version}\n{sys.base_prefix}\n") and str(VENV) in script
    return False


def install(*arguments: str) -> None:
    answer = pip("install", "--quiet", "--disable-pip-version-check", "--no-input", *arguments)
    if answer.returncode:
        print(answer.stdout, answer.stderr, sep="", file=sys.stderr)
        sys.exit(
            "Setting up failed: pip's words are above. If the network was away or the disk full, cure that; "
            "then run make again, it goes on from there."
        )


def pip(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [python(), "-m", "pip", *arguments]
    return subprocess.run(command, check=False, capture_output=True, text=True, cwd=ROOT)


def python() -> str:
    return str(VENV / "bin" / "python")


@contextlib.contextmanager
def in_turn() -> Iterator[None]:
    """One at a time in this folder; a killed one frees the turn."""
    try:
        with (ROOT / ".venv.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
    except PermissionError as error:
        sys.exit(f"Setting up needs to write into this folder: no permission for {error.filename}.")


if __name__ == "__main__":
    main(sys.argv[1])

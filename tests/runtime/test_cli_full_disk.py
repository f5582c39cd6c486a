"""What a command says when its own output finds no room."""

import subprocess
import sys
from pathlib import Path

import pytest

FULL = Path("/dev/full")
PROGRAM = "from evenroll.runtime.command_line import main; main()"


@pytest.mark.skipif(not FULL.exists(), reason="takes a device that is always full")
@pytest.mark.parametrize("arguments", [["programs"], ["programs", "--json"]])
def test_an_output_without_room_is_one_sentence(arguments: list[str]) -> None:
    with FULL.open("w") as full:
        ended = subprocess.run(
            [sys.executable, "-c", PROGRAM, *arguments], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    lines = ended.stderr.strip().splitlines()
    assert ended.returncode == 5, ended.stderr
    assert "the disk is full" in lines[-1]
    assert "Traceback" not in ended.stderr


@pytest.mark.skipif(not FULL.exists(), reason="takes a device that is always full")
def test_a_refusal_without_room_keeps_its_code() -> None:
    with FULL.open("w") as full:
        ended = subprocess.run(
            [sys.executable, "-c", PROGRAM, "process", "--path", "none", "--json"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert ended.returncode == 2, ended.stderr
    assert "Traceback" not in ended.stderr

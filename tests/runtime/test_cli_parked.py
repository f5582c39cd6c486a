"""Parked messages at the terminal: listed with their reasons, counted, and taken once more."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from evenroll.runtime.cli_exit import ExitCode
from evenroll.runtime.database import DatabaseUrls
from tests.territory import Territory, new_territory
from tests.worker.test_driver import send

_PROGRAM = "import sys; from evenroll.runtime.command_line import main; sys.exit(main())"


@pytest.fixture
def territory(django_ready: object) -> Territory:
    return new_territory()


def test_parked_messages_are_listed_counted_and_taken_once_more(
    territory: Territory, django_ready: DatabaseUrls, embedded_home: Path
) -> None:
    from evenroll.enrollment.messages import CancelAnswered, CancelResult
    from evenroll.quantities.identifiers import OrderNumber
    from evenroll.records.models import OutboxMessage
    from evenroll.records.organizations import open_organization

    for number in ("SO-1", "SO-2"):
        body = CancelAnswered(order=OrderNumber(number), result=CancelResult.CANCELLED)
        send(territory, body, conversation="EV-UNKNOWN")
        if number == "SO-1":
            territory.run()
    with open_organization(territory.esco):
        OutboxMessage.objects.filter(delivered_at=None).update(due_at=None, parked_why="receiver_not_here")

    def told(*arguments: str) -> Any:
        database = urlsplit(django_ready.app).path.strip("/")
        environment = {**os.environ, "EVENROLL_HOME": str(embedded_home), "NO_COLOR": "1"}
        command = [sys.executable, "-c", _PROGRAM, "--database", database, *arguments, "--json"]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
        # Where messages are parked and waits are weeks late, status says that a person must act.
        assert done.returncode == (ExitCode.MUST_ACT if arguments == ("status",) else 0), done.stderr
        return json.loads(done.stdout)

    listed = [each for each in told("queue", "--parked")["parked"] if territory.tag in each["organization"]]
    assert {(each["box"], each["organization"], each["other"], each["why"]) for each in listed} == {
        ("inbox", territory.utility, territory.esco, "case_unknown"),
        ("outbox", territory.esco, territory.utility, "receiver_not_here"),
    }
    counts = {each["organization"]: each["parked"] for each in told("status")["organizations"]}
    assert counts[territory.utility] == counts[territory.esco] == 1
    retried = [each for each in told("worker", "--retry-parked")["retried"] if territory.tag in each["organization"]]
    assert {(each["box"], each["outcome"]) for each in retried} == {("inbox", "parked"), ("outbox", "parked")}
    left = [each for each in told("queue", "--parked")["parked"] if territory.tag in each["organization"]]
    assert [each["why"] for each in left] == ["case_unknown"] * 2

"""Two nodes on one PostgreSQL of one's own, over TCP: homes apart, keys alike, clocks minutes apart.

The wheel's server stands in for the server of one's own. Each node is processes of its own with an environment of its
own; nothing is shared but the database.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, LiteralString

import psycopg
import pytest

from evenroll.runtime.cli_exit import ExitCode
from evenroll.runtime.embedded_cluster import APPLICATION, OWNER
from evenroll.runtime.embedded_server import Server, ensure_database, stop_server, using_server

ROOT = Path(__file__).parent.parent.parent
LINE = "import sys; from evenroll.runtime.command_line import main; sys.exit(main())"
CUSTOMERS, EACH = 30, 2
# A worker claims up to fifty waits at once: there must be more, so that both find some.
MINUTES_APART = 4.0


@dataclass
class Node:
    """One node: a home and an environment of its own."""

    home: Path
    environ: dict[str, str]

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """A command at this node's terminal."""
        return subprocess.run(
            [sys.executable, "-c", LINE, *arguments],
            env=self.environ,
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def program(self, *arguments: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "tests.nodes.node", *arguments]
        pipe = subprocess.PIPE
        return subprocess.Popen(command, env=self.environ, cwd=ROOT, stdin=pipe, stdout=pipe, text=True)


@dataclass
class Worker:
    """A worker of a node, and what it told of its rounds so far."""

    process: subprocess.Popen[str]
    rounds: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        self.rounds.extend(json.loads(each) for each in self.process.stdout)

    def begin(self) -> None:
        """Both begin together, however long each took to come up."""
        assert self.process.stdin is not None
        self.process.stdin.close()

    @property
    def commands(self) -> int:
        return sum(each.get("commands", 0) for each in self.rounds)

    def end(self, number: int) -> int:
        self.process.send_signal(number)
        code = self.process.wait(timeout=60)
        self._reader.join(timeout=60)
        assert self.process.stdout is not None
        self.process.stdout.close()
        return code


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """The server of one's own: it listens on a port of 127.0.0.1 and knows nothing of the nodes' homes."""
    with tempfile.TemporaryDirectory(prefix="evenroll-server-") as folder:
        Path(folder).chmod(0o755)
        home = Path(folder) / "server"
        try:
            with using_server(home, port=free_port()) as server:
                ensure_database(server, "two_nodes")
                yield server
        finally:
            stop_server(home, force=True)


@pytest.fixture(scope="module")
def keys() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


@pytest.fixture(scope="module")
def nodes(server: Server, keys: str, tmp_path_factory: pytest.TempPathFactory) -> tuple[Node, Node]:
    return tuple(  # pyright: ignore[reportReturnType]
        node_of(server, tmp_path_factory.mktemp(name), {"EVENROLL_MASTER_KEY": keys}) for name in ("first", "second")
    )


def node_of(server: Server, home: Path, more: dict[str, str]) -> Node:
    known = {name: value for name, value in os.environ.items() if not name.startswith(("EVENROLL_", "DATABASE_"))}
    own = {
        "EVENROLL_HOME": str(home),
        "DATABASE_URL": server.url(role=APPLICATION, database="two_nodes"),
        "DATABASE_OWNER_URL": server.url(role=OWNER, database="two_nodes"),
        "NO_COLOR": "1",
        "PYTHONPATH": str(ROOT),
    }
    return Node(home=home, environ={**known, **own, **more})


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def seeded(nodes: tuple[Node, Node]) -> dict[str, Any]:
    process = nodes[0].program("seed", str(CUSTOMERS), str(EACH))
    out, _ = process.communicate(timeout=120)
    assert process.returncode == 0
    return json.loads(out)


@pytest.fixture(scope="module")
def worked(server: Server, nodes: tuple[Node, Node], seeded: dict[str, Any]) -> Iterator[tuple[Worker, Worker]]:
    """Both nodes work; the second, whose clock is ahead, is killed in the middle of it, and the first goes on."""
    first, second = Worker(nodes[0].program("work", "0")), Worker(nodes[1].program("work", str(MINUTES_APART)))
    try:
        _kill_one_of(first, second, server=server)
        yield first, second
    finally:
        for each in (first, second):
            if each.process.poll() is None:
                each.end(signal.SIGKILL)


def _kill_one_of(first: Worker, second: Worker, *, server: Server) -> None:
    wait_until(lambda: all(worker.rounds for worker in (first, second)))
    for worker in (first, second):
        worker.begin()
    wait_until(lambda: first.commands > 10 and second.commands > 10)
    assert second.end(signal.SIGKILL) == -signal.SIGKILL
    at_the_kill = first.commands
    # What the dead one had in hand is free when its lease of a minute is over; here that minute is let pass at once.
    wait_until(lambda: asked(server, "SELECT count(*) FROM pg_stat_activity WHERE usename = 'evenroll_app'") <= 1)
    with psycopg.connect(superuser_url(server), autocommit=True) as pen:
        pen.execute("UPDATE track SET claimed_until = NULL")
    wait_until(lambda: not waiting(server))
    assert first.end(signal.SIGTERM) == 0
    assert first.commands > at_the_kill


def superuser_url(server: Server) -> str:
    return server.url(role="evenroll_superuser", database="two_nodes")


def waiting(server: Server) -> int:
    """Waits of the rules that a clock of these minutes takes, and messages."""
    return asked(
        server,
        "SELECT (SELECT count(*) FROM track WHERE due_at < '2026-11-02 16:10+00') "
        "+ (SELECT count(*) FROM outbox_message WHERE due_at IS NOT NULL)",
    )


def asked(server: Server, question: LiteralString) -> int:
    with psycopg.connect(superuser_url(server)) as pen:
        row = pen.execute(question).fetchone()
    assert row is not None
    return row[0]


def wait_until(done: Callable[[], bool], *, seconds: float = 240) -> None:
    until = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < until, "the nodes did not come so far in time"
        time.sleep(0.02)


def journal(server: Server) -> list[tuple[str, str, str]]:
    """Stream, row and event of every entry."""
    with psycopg.connect(superuser_url(server)) as pen:
        return pen.execute("SELECT stream_key, stream_kind, event FROM journal_entry ORDER BY id").fetchall()


def test_both_take_work_and_nothing_is_done_twice(
    server: Server, seeded: dict[str, Any], worked: tuple[Worker, Worker]
) -> None:
    first, second = worked
    assert first.commands > 10 and second.commands > 10
    failed = [each for worker in worked for each in worker.rounds if each.get("failed") or each.get("parked")]
    assert failed == []
    counted = Counter(journal(server))
    once = ("identity_proved", "decision_made", "enrolled", "meter_asked", "agreement_signed")
    assert [entry for entry, times in counted.items() if entry[2] in once and times > 1] == []
    decided = [entry for entry in counted if entry[2] == "decision_made"]
    assert sorted(entry[0] for entry in decided) == sorted(seeded["numbers"])
    assert sum(entry[2] == "enrolled" for entry in counted) == CUSTOMERS
    with psycopg.connect(superuser_url(server)) as pen:
        states = pen.execute("SELECT status, count(*) FROM case_record GROUP BY 1").fetchall()
        twice = pen.execute(
            "SELECT message_id FROM inbox_message GROUP BY organization_id, sender, message_id HAVING count(*) > 1"
        ).fetchall()
        left = pen.execute("SELECT count(*) FROM outbox_message WHERE delivered_at IS NULL").fetchone()
    assert dict(states) == {"enrolled": CUSTOMERS, "needs_answer": CUSTOMERS * (EACH - 1)}
    assert (twice, left) == ([], (0,))


def test_what_both_wrote_follows_from_the_journal_and_is_sealed(nodes: tuple[Node, Node], worked: object) -> None:
    for node, command in ((nodes[1], ("journal", "replay")), (nodes[0], ("journal", "verify"))):
        done = node.command(*command)
        assert done.returncode == ExitCode.OK, done.stdout + done.stderr


def test_status_of_either_node_tells_the_living_from_the_dead(nodes: tuple[Node, Node], worked: object) -> None:
    done = nodes[1].command("status", "--json", "--limit", "worker_seconds=0/0")
    told = json.loads(done.stdout)
    stopped = Counter(each["stopped_at"] is not None for each in told["workers"])
    assert stopped == {True: 1, False: 1}
    workers = next(each for each in told["checks"] if each["check"] == "workers")
    assert (workers["verdict"], done.returncode) == ("act", ExitCode.MUST_ACT)
    assert not told["disk"]["is_server"] and told["disk"]["wal_bytes"] is None


def test_a_command_at_both_doors_at_once_has_its_effect_once(
    nodes: tuple[Node, Node], seeded: dict[str, Any], worked: object
) -> None:
    number = seeded["numbers"][1]
    ended: list[subprocess.CompletedProcess[str]] = []

    def give(node: Node) -> None:
        ended.append(node.command("act", number, "withdraw", "--as", "customer", "--json"))

    threads = [threading.Thread(target=give, args=(node,)) for node in nodes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert sorted(each.returncode for each in ended) == [ExitCode.OK, ExitCode.REFUSED], [each.stderr for each in ended]
    assert json.loads(nodes[1].command("case", number, "--json").stdout)["status"] == "withdrawn"


def test_a_node_with_other_keys_or_none_is_refused_and_makes_none(
    server: Server, worked: object, tmp_path: Path
) -> None:
    other = base64.b64encode(secrets.token_bytes(32)).decode()
    wrong = node_of(server, tmp_path / "wrong", {"EVENROLL_MASTER_KEY": other}).command("queue")
    assert wrong.returncode == ExitCode.UNAVAILABLE
    assert "is not the one that this database was made with" in wrong.stderr and other not in wrong.stderr
    bare = node_of(server, tmp_path / "bare", {}).command("queue")
    assert bare.returncode == ExitCode.UNAVAILABLE
    assert "This node has no master key" in bare.stderr and "EVENROLL_MASTER_KEY" in bare.stderr
    assert not (tmp_path / "bare" / "keys" / "master.key").exists()

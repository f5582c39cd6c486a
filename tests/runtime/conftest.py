"""What several tests of the terminal begin with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from evenroll.runtime.database import DatabaseUrls
from evenroll.runtime.embedded_cluster import APPLICATION, AUDITOR, OWNER
from evenroll.runtime.embedded_server import Server, drop_database
from tests.runtime.backed_up import Place
from tests.safety.canaries import canary_answers, canary_premise
from tests.territory import new_territory


@pytest.fixture(scope="module")
def place(
    django_ready: DatabaseUrls,
    embedded_server: Server,
    embedded_home: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Place]:
    territory = new_territory()
    premise = canary_premise(territory, supplier=None)
    answers = canary_answers(premise)
    territory.apply(premise, answers=answers)
    territory.run()
    name = f"{urlsplit(django_ready.app).path.strip('/')}_again"
    found = Place(
        folder=tmp_path_factory.mktemp("backup"),
        urls=django_ready,
        home=embedded_home,
        restored=DatabaseUrls(
            app=embedded_server.url(role=APPLICATION, database=name),
            owner=embedded_server.url(role=OWNER, database=name),
            auditor=embedded_server.url(role=AUDITOR, database=name),
        ),
        answers=dict(answers),
    )
    made = found.said("backup", "--out", str(found.backup), "--keys", str(found.keys))
    assert made.code == 0, made.err
    done = found.restore(found.backup, "--into", name, "--json")
    assert done.code == 0, done.err
    yield found
    drop_database(embedded_server, name)

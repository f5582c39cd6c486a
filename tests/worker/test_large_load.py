"""Cases that a measurement copies by the thousand are as good as those that they were copied from: they verify."""

from __future__ import annotations

import psycopg

from evenroll.runtime.database import DatabaseUrls
from evenroll.runtime.embedded_cluster import SUPERUSER
from evenroll.runtime.embedded_server import Server
from tests.measure.large_load import copies, give_long_ids, read_models, write
from tests.territory import new_territory

COPIES = 5


def test_copied_histories_verify_and_fold_to_their_rows(django_ready: DatabaseUrls, embedded_server: Server) -> None:
    from django.db import connection

    from evenroll.records.models import CaseRecord, JournalEntry
    from evenroll.records.organizations import open_organization, writing_cursor
    from evenroll.records.replay import replay

    give_long_ids(django_ready.owner)
    territory = new_territory()
    premises = [territory.premise() for _ in range(2)]
    numbers = {territory.apply(premise) for premise in premises}
    territory.run()
    with open_organization(territory.utility):
        models = read_models(writing_cursor(), territory.utility, [premise.pod for premise in premises])
    superuser = embedded_server.url(role=SUPERUSER, database=connection.settings_dict["NAME"])
    with psycopg.connect(superuser) as by_copy:
        for rows, count in copies(models, first=0, count=COPIES, organization=territory.utility):
            assert count == COPIES
            by_copy.execute("SET session_replication_role = replica")
            write(by_copy, rows)
    with open_organization(territory.utility):
        copied = set(CaseRecord.objects.values_list("number", flat=True)) - numbers
        entries = JournalEntry.objects.count()
    assert len(copied) == COPIES
    found = replay("replay_copied", organizations=[territory.utility])
    assert found.differences == ()
    assert found.entries == entries >= (len(numbers) + COPIES) * 8

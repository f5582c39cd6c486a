"""Looking for what is due goes by an index also right after very many rows came, before the database counted them."""

from __future__ import annotations

from datetime import timedelta

import psycopg
import pytest

from evenroll.quantities.identifiers import OrganizationKey
from tests.mail.sending import mailing_territory
from tests.records.invented import Urls
from tests.territory import NOW, with_planted_rows

DORMANT = 50_000
READ = (
    "SELECT coalesce(sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0)), 0) FROM pg_stat_xact_user_tables "
    "WHERE relname = 'notice'"
)


@pytest.mark.on_16
def test_the_next_mail_is_found_beside_very_many_that_were_sent_or_are_not_due(django_ready: Urls) -> None:
    from evenroll.records import notice_queue
    from evenroll.records.organizations import cursor, open_organization
    from evenroll.worker.mailing import send_notices

    territory, box = mailing_territory()
    with_planted_rows(territory)
    number = territory.apply(territory.premise())
    territory.run()
    owed = notice_queue.counts(territory.utility).owed
    with psycopg.connect(django_ready.owner, autocommit=True) as owner:
        owner.execute("ALTER TABLE notice SET (autovacuum_enabled = false)")
        try:
            _add_dormant(territory.utility)
            with open_organization(territory.utility, in_order=True), cursor() as pen:
                before = pen.execute(READ).fetchone()
                (mail,) = notice_queue.claim(territory.utility, now=NOW, limit=10)
                notice_queue.mark_failed(mail, why="mail_away", now=NOW)
                after = pen.execute(READ).fetchone()
        finally:
            owner.execute("ALTER TABLE notice RESET (autovacuum_enabled)")
    assert mail.case == number and len(mail.notices) == owed
    assert before is not None and after is not None
    assert after[0] - before[0] < 300
    assert send_notices(territory.installation, now=NOW + timedelta(hours=1)).sent == 1
    assert len(box.letters) == 1


def _add_dormant(organization: OrganizationKey) -> None:
    """Half of them sent, half due in ten years, of a thousand cases."""
    from evenroll.records.organizations import cursor, open_organization

    with open_organization(organization) as opened, cursor() as pen:
        pen.execute(
            "INSERT INTO notice (organization_id, stream_kind, stream_key, code, parameters, noticed_at, sent_at, "
            "next_at) SELECT %s, 'case', 'EV-DORMANT-' || n %% 1000, 'case_opened', '{\"entry\": 1}', %s, "
            "CASE WHEN n %% 2 = 0 THEN %s::timestamptz END, CASE WHEN n %% 2 = 1 THEN %s::timestamptz END "
            "FROM generate_series(1, %s) AS n",
            (opened.id, NOW, NOW, NOW + timedelta(days=3650), DORMANT),
        )

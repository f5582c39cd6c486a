"""Whose car it is, is found by indexes from the first day on: before the database has counted anything, too."""

from __future__ import annotations

import psycopg

from evenroll.records.answers_in_hand import ANSWERS
from evenroll.records.organizations import current, cursor, open_organization
from evenroll.records.proof_facts import facts_for_proof
from evenroll.records.taking import Beside
from evenroll.records.tokens import TokenKind
from evenroll.records.vehicle_facts import vehicle_seen, vin_token_of_case
from tests.records.invented import Urls
from tests.territory import new_territory

OTHERS = 3_000

READ = (
    "SELECT coalesce(sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0)), 0) FROM pg_stat_xact_user_tables "
    "WHERE relname IN ('case_record', 'search_token', 'vehicle', 'personal_record', 'customer_key')"
)


def test_a_vehicle_is_found_without_going_through_all_tokens(django_ready: Urls) -> None:
    territory = new_territory()
    premise = territory.premise()
    number = territory.apply(premise)
    with open_organization(territory.utility):
        organization = current().id
    with psycopg.connect(django_ready.owner, autocommit=True) as owner:
        # A new installation has no statistics; here nobody may make them meanwhile.
        owner.execute("ALTER TABLE search_token SET (autovacuum_enabled = false)")
        try:
            owner.execute("SELECT set_config('evenroll.organization', %s, false)", (str(organization),))
            for kind, subject in ((TokenKind.VIN.value, "registry"), ("bill", ANSWERS)):
                owner.execute(
                    "INSERT INTO search_token (organization_id, key_id, kind, token, subject_kind, subject_id) "
                    "SELECT organization_id, key_id, %s, md5(i::text), %s, 900000 + i FROM "
                    "(SELECT organization_id, key_id FROM search_token WHERE organization_id = %s LIMIT 1) AS one, "
                    "generate_series(1, %s) AS i",
                    (kind, subject, organization, OTHERS),
                )
            with open_organization(territory.utility), cursor() as pen:
                before = pen.execute(READ).fetchone()
                vin = vin_token_of_case(number)
                assert vin and vehicle_seen(number) == Beside(vin=vin)
                answers = territory.case(territory.utility, number).answers
                proof = facts_for_proof(answers, but=number, customer=premise.customer)
                assert (proof.vin, proof.elsewhere, len(proof.answers)) == (vin, (), 1)
                after = pen.execute(READ).fetchone()
        finally:
            owner.execute("ALTER TABLE search_token RESET (autovacuum_enabled)")
    assert before is not None and after is not None
    assert after[0] - before[0] < OTHERS // 4, "some rows of a page that is shared, never all of the kind"

"""The vault: what goes in comes out for its organization alone, stands nowhere else, and is gone when its key is."""

from __future__ import annotations

from datetime import date

import pytest

from evenroll.enrollment.decided import Decided
from evenroll.enrollment.roles import OrganizationKind
from evenroll.quantities.identifiers import AccountId, OrganizationKey, PodId
from evenroll.records import books, outbox, register_match, vault
from evenroll.records.books import NewAccount, NewPoint
from evenroll.records.keys import Keys
from evenroll.records.organizations import add_organization, cursor, open_organization
from evenroll.records.tokens import TokenKind, find_by_token, index, token
from evenroll.records.vault import PersonalErased, PersonalMissing, PersonalUnreadable
from tests.records.invented import ESCO, UTILITY, cancel_message, new_pod, open_case, rows, working

CANARY = "Canary Featherstonehaugh"
PHONE = "+1 (555) 010-7788"
EMAIL = "Canary.Feather@example.org"
ADDRESS = "77 Birdcage Walk, Apt. 4"
ACCOUNT = "ACC-90817-CANARY"


def test_fields_come_back_as_they_were() -> None:
    with open_organization(UTILITY):
        ref = vault.store(vault.new_key("case"), {"name": CANARY, "n": 3})
    with open_organization(UTILITY):
        assert vault.read(ref) == {"name": CANARY, "n": 3}
        vault.update(ref, {"n": 4, "phone": PHONE})
        assert vault.read(ref) == {"name": CANARY, "n": 4, "phone": PHONE}


def test_another_organization_finds_nothing() -> None:
    with open_organization(UTILITY):
        ref = vault.store(vault.new_key("case"), {"name": CANARY})
        found = token(TokenKind.NAME, CANARY)
    with open_organization(ESCO):
        with pytest.raises(PersonalMissing):
            vault.read(ref)
        assert token(TokenKind.NAME, CANARY) != found


def test_a_record_moved_to_another_row_does_not_open() -> None:
    with open_organization(UTILITY), cursor() as pen:
        key = vault.new_key("case")
        one, other = vault.store(key, {"name": CANARY}), vault.store(key, {"name": "x"})
        pen.execute(
            "UPDATE personal_record SET ciphertext = (SELECT ciphertext FROM personal_record WHERE id = %s) "
            "WHERE id = %s",
            (one, other),
        )
        with pytest.raises(PersonalUnreadable) as caught:
            vault.read(other)
        assert CANARY not in str(caught.value)


def test_answers_go_under_the_customers_key_and_are_erased_with_it() -> None:
    with open_organization(UTILITY):
        first, second = vault.new_key("case"), vault.new_key("customer")
        ref = vault.store(first, {"name": CANARY})
        with cursor() as pen:
            keys = "SELECT id, wrapped FROM customer_key WHERE id = %s"
            new, old = (pen.execute(keys, (each,)).fetchone() for each in (second, first))
            kept = pen.execute("SELECT key_id, ciphertext FROM personal_record WHERE id = %s", (ref,)).fetchone()
            assert new is not None and old is not None and kept is not None
            text = vault.reencrypted(ref, (*new, *kept, *old))
            pen.execute("UPDATE personal_record SET key_id = %s, ciphertext = %s WHERE id = %s", (second, text, ref))
        vault.destroy_keys([first])
        assert vault.read(ref) == {"name": CANARY}
        index(second, subject_kind="customer", subject_id=1, values=((TokenKind.NAME, "Erased Canary"),))
        vault.destroy_keys([second])
        with pytest.raises(PersonalErased, match="was destroyed"):
            vault.read(ref)
        assert find_by_token(TokenKind.NAME, "Erased Canary", subject_kind="customer") == ()


def test_sealed_answers_open_for_the_receiver_alone() -> None:
    with open_organization(UTILITY):
        sealed = vault.seal_for(ESCO, {"name": CANARY})
        with pytest.raises(PersonalUnreadable):
            vault.open_sealed(sealed)
        with pytest.raises(PersonalUnreadable):
            vault.open_sealed(b"short")
    with open_organization(ESCO):
        assert vault.open_sealed(sealed) == {"name": CANARY}
        with pytest.raises(PersonalUnreadable):
            vault.open_sealed(sealed[:-1] + bytes([sealed[-1] ^ 1]))


def test_what_another_installation_seals_with_the_public_key_opens_here() -> None:
    with open_organization(ESCO):
        public = vault.own_sealing_key()
    abroad = OrganizationKey("abroad")
    add_organization(
        abroad,
        name="Abroad",
        kinds=frozenset({OrganizationKind.SUPPLIER}),
        calendar_key="US-LAKELAND",
        sealing_key=public,
    )
    with open_organization(UTILITY):
        assert len(vault.seal_for(abroad, {"name": CANARY})) > len(public)
    assert len(public) == vault.PUBLIC_KEY_BYTES


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        (TokenKind.NAME, "José  Núñez-Rey", "jose nunez rey"),
        (TokenKind.PHONE, "+1 (555) 010-7788", "555.010.7788"),
        (TokenKind.EMAIL, " A@Example.ORG", "a@example.org"),
        (TokenKind.ACCOUNT_NUMBER, "acc-1 2", "ACC12"),
        (TokenKind.VIN_TAIL, "1HGCM82633A004352", "004352"),
        (TokenKind.LAST_BILL_AMOUNT, "$1,204.50", "1204.50"),
    ],
)
def test_two_writings_of_one_value_have_one_token(kind: TokenKind, one: str, other: str) -> None:
    with open_organization(UTILITY):
        assert token(kind, one) == token(kind, other)
        assert token(kind, one) != token(kind, other + "7")


def test_keys_show_nothing() -> None:
    assert repr(Keys(b"m" * 32)) == "Keys(...)"


def _household(pod: PodId) -> AccountId:
    customer = books.add_customer(
        personal={TokenKind.NAME: CANARY, TokenKind.PHONE: PHONE, TokenKind.EMAIL: EMAIL}, language="es"
    )
    number = f"{ACCOUNT}-{pod}"
    account = books.add_account(
        NewAccount(
            customer=customer,
            number=number,
            customer_class="residential",
            opened_on=date(2020, 1, 1),
            last_bill_amount="83.17",
        )
    )
    location = books.add_location(address=f"{ADDRESS} {pod}", postal_code="60999")
    books.add_point(NewPoint(pod=pod, location=location, account=account, read_cycle="c1"))
    return account


def test_an_account_is_found_by_its_number_and_only_what_agrees_is_told() -> None:
    pod = new_pod()
    with open_organization(UTILITY):
        account = _household(pod)
    told = {
        TokenKind.ACCOUNT_NUMBER: f"{ACCOUNT}-{pod}".lower(),
        TokenKind.NAME: CANARY.upper(),
        TokenKind.POSTAL_CODE: "60998",
        TokenKind.LAST_BILL_AMOUNT: "$83.17",
        TokenKind.METER_SERIAL: "",
    }
    found = register_match.match(UTILITY, values=told)
    assert found.agreed == {TokenKind.ACCOUNT_NUMBER, TokenKind.NAME, TokenKind.LAST_BILL_AMOUNT}
    assert found.account is not None
    assert (found.account.account, found.account.pods) == (account, (pod,))
    at_address = {TokenKind.SERVICE_ADDRESS: f"{ADDRESS} {pod}", TokenKind.NAME: "x"}
    by_address = register_match.match(UTILITY, values=at_address)
    assert by_address.agreed == {TokenKind.SERVICE_ADDRESS}
    assert register_match.match(ESCO, values=told) == register_match.Match()
    assert register_match.match(UTILITY, values={TokenKind.NAME: CANARY}) == register_match.Match()


def test_no_canary_stands_in_any_column_of_any_table() -> None:
    pod = new_pod()
    with open_organization(UTILITY):
        _household(pod)
        ref = vault.store(vault.new_key("case"), {"name": CANARY, "phone": PHONE, "email": EMAIL, "address": ADDRESS})
    case = open_case()
    with working() as uow:
        uow.answered(f"canary-{pod}", {"name": CANARY})
        message = cancel_message(case.number, to=ESCO, sealed=ref)
        uow.record_case(case.number, Decided(messages=(message,)), expected=uow.case(case.number))
    envelopes = [each.envelope for each in outbox.claim(UTILITY, now=uow.now, limit=500)]
    sealed = next(each for each in envelopes if each.conversation == case.number)
    assert CANARY not in repr(sealed)
    with open_organization(ESCO):
        assert sealed.sealed is not None and vault.open_sealed(sealed.sealed)["phone"] == PHONE
    tables = rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'django_migrations'")
    for organization in (UTILITY, ESCO):
        for (table,) in tables:
            dumped = rows(f"SELECT t::text FROM {table} t", organization=organization)  # pyright: ignore[reportArgumentType]
            for (text,) in dumped:
                for canary in (
                    CANARY,
                    "Featherstonehaugh",
                    "Birdcage",
                    "0107788",
                    "example.org",
                    "90817-CANARY",
                    "90817CANARY",
                    "010-7788",
                ):
                    assert canary.casefold() not in text.casefold(), f"{canary} stands in {table}"
                    assert canary.encode().hex() not in text, f"{canary} stands in {table} as bytes"

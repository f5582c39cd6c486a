"""Staff sign in by address, password and second factor; whoever lacks one of them reaches no desk."""

from __future__ import annotations

import re
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from evenroll.enrollment.roles import Role
from evenroll.quantities.identifiers import ActorKey
from tests.territory import Territory
from tests.web.browsing import browser
from tests.web.matrix import without_chance
from tests.web.signing import new_address, sent, some_address

PASSWORD = "quiet otter climbs the stairs"


class Invited:
    """One of the staff with a role, an address and an invitation."""

    def __init__(self, territory: Territory, *roles: Role) -> None:
        from evenroll.records.staff_sign_ins import invite

        self.user, self.email = ActorKey(f"u-{secrets.token_hex(4)}"), new_address()
        for role in roles or (Role.SUPERVISOR,):
            territory.admit(territory.utility, role, key=self.user)
        self.secret = invite(self.user, email=self.email, at=datetime.now(tz=UTC))
        self.path = f"/sign-in/invited/{self.secret}"

    def code(self, steps: int = 0) -> str:
        from evenroll.accounts.totp import STEP_SECONDS, code_of
        from evenroll.records.staff_sign_ins import totp_of_invitation

        step = int(datetime.now(tz=UTC).timestamp()) // STEP_SECONDS + steps
        return code_of(totp_of_invitation(self.secret), step=step)

    def chooses(self, **answers: str) -> tuple[Any, Any]:
        asked = browser(REMOTE_ADDR=some_address())
        given = {"password": PASSWORD, "again": PASSWORD, "code": self.code(-1), **answers}
        return asked, sent(asked, self.path, **given)

    def signs_in(self, asked: Any = None, **answers: str) -> tuple[Any, Any]:
        found = asked or browser(REMOTE_ADDR=some_address())
        given = {"email": self.email, "password": PASSWORD, "code": self.code(), **answers}
        return found, sent(found, "/sign-in/staff", **given)


def test_an_invitation_leads_to_the_desk_and_is_good_once(web: None, territory: Territory) -> None:
    ana = Invited(territory)
    page = browser().get(ana.path).content.decode()
    assert "<svg" in page and "style=" not in page and str(ana.user) in page
    asked, answer = ana.chooses()
    codes = re.findall(r"<li>([A-Z2-7-]{19})</li>", answer.content.decode())
    assert len(set(codes)) == 10
    assert asked.get("/desk/").status_code == 200
    assert asked.get(ana.path).status_code == 404
    other, signed = ana.signs_in()
    assert (signed.status_code, signed["Location"]) == (302, "/desk/")
    assert other.get("/desk/").status_code == 200


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        ({"password": "short", "again": "short"}, "too short"),
        ({"password": "aaaaaaaaaaaaaaaaaaa", "again": "aaaaaaaaaaaaaaaaaaa"}, "easy to guess"),
        ({"password": "passwordpassword", "again": "passwordpassword"}, "easy to guess"),
        ({"again": "quiet otter climbs the stair"}, "not the same password"),
        ({"code": "000000"}, "not the code of the key"),
        ({"code": ""}, "Enter the code"),
    ],
)
def test_what_does_not_do_is_said_and_nothing_is_kept(
    web: None, territory: Territory, answers: dict[str, str], told: str
) -> None:
    ana = Invited(territory)
    asked, answer = ana.chooses(**answers)
    page = answer.content.decode()
    assert told in page and PASSWORD not in page
    assert asked.get("/desk/").status_code == 404
    assert ana.signs_in()[1].status_code == 200


def test_without_the_second_factor_there_is_no_desk(web: None, territory: Territory) -> None:
    from django.contrib.auth.hashers import make_password
    from django.db import connection

    ana = Invited(territory)
    with connection.cursor() as pen:
        pen.execute("UPDATE evenroll_user SET password = %s WHERE key = %s", (make_password(PASSWORD), ana.user))
    for code in ("", "000000", ana.code()):
        asked, answer = ana.signs_in(code=code)
        assert answer.status_code == 200
        assert asked.get("/desk/").status_code == 404


def test_a_code_is_good_once_and_so_is_a_recovery_code(web: None, territory: Territory) -> None:
    ana = Invited(territory)
    _, answer = ana.chooses()
    recovery = re.findall(r"<li>([A-Z2-7-]{19})</li>", answer.content.decode())
    code = ana.code()
    assert ana.signs_in(code=code)[1].status_code == 302
    assert ana.signs_in(code=code)[1].status_code == 200
    assert ana.signs_in(code=ana.code(-1))[1].status_code == 200
    assert ana.signs_in(code=recovery[0].lower())[1].status_code == 302
    assert ana.signs_in(code=recovery[0])[1].status_code == 200
    assert ana.signs_in(code=recovery[1], password="wrong password of some length")[1].status_code == 200
    assert ana.signs_in(code=recovery[1])[1].status_code == 302


def test_wrong_and_unknown_are_told_alike(web: None, territory: Territory) -> None:
    ana = Invited(territory)
    ana.chooses()
    wrong = [
        ana.signs_in(password="another password of it"),
        ana.signs_in(code="000000"),
        ana.signs_in(email=new_address()),
    ]
    told = [without_chance(answer) for _, answer in wrong]
    plain = [re.sub(r'name="(email|code)" type="\w+" value="[^"]+"', "", str(page)) for _, _, page in told]
    assert {status for status, _, _ in told} == {200}
    assert len(set(plain)) == 1
    assert all("Set-Cookie" not in str(headers) for _, headers, _ in told)


def test_many_tries_lock_out_their_network_and_say_nothing_else(web: None, territory: Territory) -> None:
    ana = Invited(territory)
    ana.chooses()
    stranger = browser(REMOTE_ADDR=some_address())
    pages = {without_chance(ana.signs_in(stranger, code="000000")[1])[0] for _ in range(10)}
    assert pages == {200}
    assert ana.signs_in(stranger)[1].status_code == 200
    # The owner, elsewhere, is not locked out by it.
    assert ana.signs_in()[1]["Location"] == "/desk/"


def test_a_role_that_is_taken_away_is_gone_with_the_next_request(web: None, territory: Territory) -> None:
    from evenroll.records.memberships import remove_member
    from evenroll.records.organizations import open_organization

    ana = Invited(territory, Role.SUPERVISOR, Role.BILLING)
    asked, _ = ana.chooses()
    assert asked.get("/sign-in/choose").content.decode().count('name="person"') == 2
    way = f"{territory.utility}/{ana.user}/{Role.BILLING.value}"
    assert sent(asked, "/sign-in/choose", person=way)["Location"] == "/desk/"
    assert asked.get("/desk/").status_code == 200
    with open_organization(territory.utility):
        remove_member(ana.user, role=Role.BILLING, by="tests", at=datetime.now(tz=UTC))
    assert asked.get("/desk/").status_code == 404
    assert ana.signs_in()[1]["Location"] == "/desk/"


def test_an_invitation_ends_after_a_week_and_with_the_next_one(web: None, territory: Territory) -> None:
    from evenroll.records.staff_sign_ins import AddressTaken, invite, invited

    ana, ben = Invited(territory), Invited(territory)
    now = datetime.now(tz=UTC)
    assert invited(ana.secret, at=now + timedelta(days=6)) == ana.user
    assert invited(ana.secret, at=now + timedelta(days=8)) is None
    second = invite(ana.user, email=ana.email, at=now)
    assert invited(ana.secret, at=now) is None and invited(second, at=now) == ana.user
    with pytest.raises(AddressTaken, match="Another user"):
        invite(ana.user, email=ben.email, at=now)


def test_who_chooses_anew_is_signed_out_elsewhere(web: None, territory: Territory) -> None:
    from evenroll.records.staff_sign_ins import invite

    ana = Invited(territory)
    before, _ = ana.chooses()
    ana.secret = invite(ana.user, email=ana.email, at=datetime.now(tz=UTC))
    ana.path = f"/sign-in/invited/{ana.secret}"
    after, _ = ana.chooses()
    assert (before.get("/desk/").status_code, after.get("/desk/").status_code) == (404, 200)


def test_no_table_shows_a_secret(web: None, territory: Territory) -> None:
    from django.db import connection

    from evenroll.records.staff_sign_ins import totp_of_invitation

    ana = Invited(territory)
    ana.chooses()
    with connection.cursor() as pen:
        pen.execute("SELECT string_agg(t::text, ' ') FROM staff_sign_in t")
        rows = pen.fetchall()
        pen.execute("SELECT login_token, password FROM evenroll_user WHERE key = %s", (ana.user,))
        kept = " ".join(str(each) for row in (*rows, *pen.fetchall()) for each in row)
    assert totp_of_invitation(ana.secret).hex() not in kept
    assert ana.email not in kept and ana.secret not in kept and PASSWORD not in kept


def test_codes_are_those_of_the_standard() -> None:
    """RFC 6238, appendix B, cut to six digits."""
    from evenroll.accounts.totp import code_of, step_of

    secret = b"12345678901234567890"
    told = {59: "287082", 1111111109: "081804", 1234567890: "005924", 2000000000: "279037"}
    assert {second: code_of(secret, step=second // 30) for second in told} == told
    at = datetime.fromtimestamp(59, tz=UTC)
    assert step_of(secret, code="287082", at=at) == 1
    assert step_of(secret, code="287082", at=at + timedelta(seconds=30)) == 1
    assert step_of(secret, code="287082", at=at + timedelta(seconds=90)) is None

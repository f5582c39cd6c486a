"""Holes that are planted in signing in, and the tests that must find each."""

from __future__ import annotations

from tests.mutants.mutants import Change, Mutant

_ACCOUNTS = "src/evenroll/accounts"
_CODE = "tests/web/test_sign_in_code.py"
_STAFF = "tests/web/test_sign_in_staff.py"
_OWN = "tests/web/test_sign_in_own.py"
_LIST = "tests/web/test_sign_in_list.py"

SIGN_IN_MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        name="sign-in: one ends the sign-in of somebody else",
        changes=(
            Change(
                file="src/evenroll/records/web_sign_ins.py",
                old='WHERE number = %s AND subject = %s AND ended_at IS NULL"\n\n\nclass Way',
                new="WHERE number = %s AND %s <> '' AND ended_at IS NULL\"\n\n\nclass Way",
            ),
        ),
        caught_by=(f"{_LIST}::test_one_of_somebody_else_is_not_there",),
    ),
    Mutant(
        name="sign-in: a passkey is added and nobody is told",
        changes=(
            Change(
                file=f"{_ACCOUNTS}/passkey_views.py",
                old="        tell_passkey_added(sign_in",
                new="        str(sign_in",
            ),
        ),
        caught_by=(f"{_LIST}::test_an_added_passkey_and_its_first_use_are_told",),
    ),
    Mutant(
        name="sign-in: a mailed code can be guessed for as long as one likes",
        changes=(Change(file=f"{_ACCOUNTS}/codes.py", old=" and tried <= TRIES_MAX", new=""),),
        caught_by=(f"{_CODE}::test_many_who_guess_at_once_have_five_tries_together",),
    ),
    Mutant(
        name="sign-in: who is not known gets no session, and so learns it",
        changes=(
            Change(
                file=f"{_ACCOUNTS}/codes.py",
                old="    number = secrets.token_hex(_NUMBER_BYTES)\n",
                new="    if not customer_people(contact_tokens(address)):\n        return\n"
                "    number = secrets.token_hex(_NUMBER_BYTES)\n",
            ),
        ),
        caught_by=(f"{_CODE}::test_an_address_without_a_case_gets_no_letter_and_the_same_answers",),
    ),
    Mutant(
        name="sign-in: a session goes on after signing out everywhere",
        changes=(
            Change(
                file=f"{_ACCOUNTS}/sign_in.py",
                old='    if not stands(subject, number=kept.get("entry", ""), epoch=kept["epoch"], at=timezone.now()):',
                new="    if False:",
            ),
        ),
        caught_by=(f"{_CODE}::test_signing_out_everywhere_ends_the_other_browser_too",),
    ),
    Mutant(
        name="sign-in: a code of the authenticator app is good twice",
        changes=(
            Change(
                file=f"{_ACCOUNTS}/staff.py",
                old="        return take_step(found.user, step=step)",
                new="        return True",
            ),
        ),
        caught_by=(f"{_STAFF}::test_a_code_is_good_once_and_so_is_a_recovery_code",),
    ),
    Mutant(
        name="sign-in: a passkey is taken for any address",
        changes=(Change(file=f"{_ACCOUNTS}/passkeys.py", old="said == origin", new="bool(said)"),),
        caught_by=(
            "tests/web/test_sign_in_passkeys.py::"
            "test_an_answer_for_another_site_or_challenge_or_without_its_person_is_refused",
        ),
    ),
    Mutant(
        name="sign-in: the browser is not told by what name to show a passkey, and so makes none",
        changes=(Change(file=f"{_ACCOUNTS}/passkeys.py", old="name=name, display_name=name)", new="name=name)"),),
        caught_by=(
            "tests/web/test_sign_in_passkeys.py::test_a_browser_is_told_all_it_needs_and_what_its_device_may_hold_already",
        ),
    ),
    Mutant(
        name="sign-in: a device puts a second passkey in the place of the first",
        changes=(
            Change(
                file=f"{_ACCOUNTS}/passkeys.py",
                old="[AttestedCredentialData(each) for each in credentials_of(subject)]",
                new="[]",
            ),
        ),
        caught_by=(
            "tests/web/test_sign_in_passkeys.py::test_a_browser_is_told_all_it_needs_and_what_its_device_may_hold_already",
        ),
    ),
    Mutant(
        name="sign-in: the word of an own sign-in is taken for another asking",
        changes=(
            Change(
                file="src/evenroll/partners/openid_sign_in.py",
                old='        raise TokenRefused("nonce_other")',
                new="        return said",
            ),
        ),
        caught_by=(f"{_OWN}::test_what_is_not_right_in_the_token_signs_nobody_in",),
    ),
    Mutant(
        name="sign-in: any proxy's word for an address is believed",
        changes=(Change(file=f"{_ACCOUNTS}/limits.py", old="return said[-proxies]", new="return said[0]"),),
        caught_by=("tests/web/test_limits.py::test_only_what_our_own_proxies_say_of_an_address_is_believed",),
    ),
)

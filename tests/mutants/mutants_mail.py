"""Bugs that are planted in the mail to customers, and the tests that must find each."""

from __future__ import annotations

from tests.mutants.mutants import Change, Mutant

_WORKER = "src/evenroll/worker"
_RECORDS = "src/evenroll/records"
_SENDING = "tests/mail/test_sending.py"

MAIL_MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        name="mail: a stranger who refuses mail keeps the owner of the account from being told",
        changes=(
            Change(
                file="src/evenroll/worker/mailing.py",
                old="        _tell_owner(sender, mail)\n        made = letter_of(sender, mail)\n",
                new="        made = letter_of(sender, mail)\n        if not isinstance(made, WithheldReason):\n"
                "            _tell_owner(sender, mail)\n",
            ),
        ),
        caught_by=("tests/web/test_mail_links.py::test_a_thief_cannot_keep_the_owner_from_being_told",),
    ),
    Mutant(
        name="mail: what the books answered is told before anybody is proved",
        changes=(
            Change(
                file="src/evenroll/worker/mail_letters.py",
                old="    if not is_unproved(case):\n",
                new="    if not is_unproved(case) or case.proof.attempts:\n",
            ),
        ),
        caught_by=(
            "tests/mail/test_unproved.py::test_nobody_learns_by_mail_who_provides_or_which_of_account_and_bill_is_wrong",
        ),
    ),
    Mutant(
        name="mail: a look at the link stops e-mail",
        changes=(
            Change(
                file="src/evenroll/portal/mail_links.py",
                old='        if request.method == "POST":\n            by =',
                new='        if request.method != "PUT":\n            by =',
            ),
        ),
        caught_by=("tests/web/test_mail_links.py::test_mail_stops_without_a_sign_in_and_not_by_a_look",),
    ),
    Mutant(
        name="mail: a link about one case opens another",
        changes=(
            Change(
                file="src/evenroll/records/mail_links.py",
                old='purpose=f"mail-link/{kind.value}", text=case)',
                new='purpose=f"mail-link/{kind.value}", text="")',
            ),
        ),
        caught_by=("tests/web/test_mail_links.py::test_a_link_that_was_not_made_here_is_no_page",),
    ),
    Mutant(
        name="mail: a refused channel is used",
        changes=(
            Change(
                file=f"{_WORKER}/mail_letters.py",
                old="if channels.is_refused(case, channel=MessageChannel.EMAIL) else None",
                new="if case is None else None",
            ),
        ),
        caught_by=(f"{_SENDING}::test_a_refused_channel_gets_none_and_an_auditor_sees_why",),
    ),
    Mutant(
        name="mail: what happened meanwhile goes along in a mail that was sent before",
        changes=(
            Change(
                file=f"{_RECORDS}/notice_queue.py",
                old="fresh = [row for row in leads if row[3]]",
                new="fresh = leads",
            ),
        ),
        caught_by=(f"{_SENDING}::test_who_dies_between_sending_and_marking_repeats_one_mail_under_one_id",),
    ),
    Mutant(
        name="mail: each try has an id of its own",
        changes=(
            Change(
                file=f"{_WORKER}/mail_letters.py",
                old="message_id=_message_id(sender, str(mail.id)),",
                new='message_id=_message_id(sender, f"{mail.id}/{mail.attempts}"),',
            ),
        ),
        caught_by=(f"{_SENDING}::test_who_dies_between_sending_and_marking_repeats_one_mail_under_one_id",),
    ),
    Mutant(
        name="mail: two workers take the same mail",
        changes=(
            Change(
                file=f"{_RECORDS}/notice_queue.py",
                old='"ORDER BY waiting.next_at, waiting.id LIMIT %(limit)s FOR UPDATE OF waiting SKIP LOCKED) "',
                new='"ORDER BY waiting.next_at, waiting.id LIMIT %(limit)s) "',
            ),
            Change(
                file=f"{_RECORDS}/notice_queue.py",
                old="next_at = %(until)s, mail = told.id",
                new="mail = told.id",
            ),
        ),
        caught_by=(f"{_SENDING}::test_two_senders_at_once_send_each_once",),
        seconds=300,
    ),
)

"""Letters: what may not stand in their head, and the files that a demo writes."""

from __future__ import annotations

import email
from email import policy
from pathlib import Path

import pytest

from evenroll.partners.django_mail import DjangoPost
from evenroll.ports.mail import HeaderUnsafe, Letter, MailNotTaken, is_address

FILES = "evenroll.partners.mail_files.EmailBackend"


def letter(**changes: str) -> Letter:
    said = {
        "to": "someone@example.test",
        "subject": "Su inscripción terminó",
        "text": "Hola",
        "html": "<p>Hola</p>",
        "message_id": "<a1@example.test>",
        "language": "es",
        "sender_name": "Lakeland Eléctrica, Inc.",
    }
    return Letter(**{**said, **changes})


@pytest.mark.parametrize("name", ["subject", "sender_name", "message_id", "language", "stop_link"])
@pytest.mark.parametrize("sign", ["\n", "\r", "\r\nBcc: all@example.test", "\x00", "\u2028", "\u0085"])
def test_nothing_breaks_out_of_its_line(name: str, sign: str) -> None:
    with pytest.raises(HeaderUnsafe, match="head of a mail"):
        letter(**{name: f"Lakeland{sign}"})


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nobody",
        "a@b@c",
        "a@b.test,c@d.test",
        "a@b.test\nBcc: c@d.test",
        "A <a@b.test>",
        "a b@c.test",
        "a@b.test ",
        "a@-b.test",
        "a..b@c.test",
        '"a"@b.test',
        "a@b.test;c@d.test",
        f"{'a' * 65}@b.test",
    ],
)
def test_an_address_is_one_address(text: str) -> None:
    assert not is_address(text)
    with pytest.raises(HeaderUnsafe):
        letter(to=text)


def test_usual_addresses_are_taken() -> None:
    assert all(map(is_address, ("a@b.test", "first.last+ev@mail.utility.example", "ñandú@b.test")))


def test_a_letter_that_comes_twice_is_one_file(django_ready: object, tmp_path: Path) -> None:
    post = DjangoPost(
        backend=FILES,
        sender="enrollment@example.test",
        options={"folder": tmp_path / "mail"},
        reply_to="help@example.test",
    )
    for _ in range(2):
        post.send(letter())
    (file,) = (tmp_path / "mail").iterdir()
    assert file.stat().st_mode & 0o077 == 0
    assert (tmp_path / "mail").stat().st_mode & 0o077 == 0
    found = email.message_from_bytes(file.read_bytes(), policy=policy.default)
    assert found["Subject"] == "Su inscripción terminó"
    assert found["From"] == '"Lakeland Eléctrica, Inc." <enrollment@example.test>'
    assert (found["To"], found["Reply-To"]) == ("someone@example.test", "help@example.test")
    assert (found["Message-ID"], found["Content-Language"]) == ("<a1@example.test>", "es")
    kinds = [each.get_content_type() for each in found.walk()]
    assert kinds == ["multipart/alternative", "text/plain", "text/html"]


def test_whoever_does_not_answer_is_away_and_nobody_is_named(django_ready: object) -> None:
    post = DjangoPost(
        backend="django.core.mail.backends.smtp.EmailBackend",
        sender="enrollment@example.test",
        options={"host": "127.0.0.1", "port": 1, "timeout": 2},
    )
    with pytest.raises(MailNotTaken, match="mail_away") as caught:
        post.send(letter())
    assert not caught.value.is_final
    assert "someone" not in f"{caught.value!r} {caught.value.__context__!r}"


@pytest.mark.parametrize("link", ["https://enroll.example.test/stop/EV-1/0a", "http://127.0.0.1:8000/stop/EV-1/0a", ""])
def test_a_mail_program_is_told_how_such_letters_stop(django_ready: object, tmp_path: Path, link: str) -> None:
    """RFC 2369 and RFC 8058: by one POST only where the link is safe; nothing where nobody subscribed."""
    DjangoPost(backend=FILES, sender="enrollment@example.test", options={"folder": tmp_path}).send(
        letter(stop_link=link)
    )
    (file,) = tmp_path.iterdir()
    found = email.message_from_bytes(file.read_bytes(), policy=policy.default)
    assert found["List-Unsubscribe"] == (f"<{link}>" if link else None)
    one_click = "List-Unsubscribe=One-Click" if link.startswith("https") else None
    assert found["List-Unsubscribe-Post"] == one_click

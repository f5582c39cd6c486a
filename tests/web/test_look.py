"""The operator's look on pages: name, logo, colors and contact come from a file, served from here and nowhere else."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from evenroll.enrollment.form import Language
from evenroll.runtime.cli_exit import CommandEnded, ExitCode
from evenroll.runtime.command_line import run
from tests.web.browsing import browser

FILE = """
name = "Lakeland Electric"
[logo]
file = "logo.svg"
text = { en = "Lakeland Electric, to the start", es = "Lakeland Electric, al inicio" }
[colors]
brand = "#3d1053"
brand_on = "#ffe9f4"
accent = "#ff9b2f"
link = "#a3124f"
button = "#cc8200"
button_on = "#241533"
ground = "#fffafc"
soft = "#fdeaf3"
[contact]
phone = "1-800-555-0100"
mail = "help@lakeland.example"
address = ["12 Shore Street", "Lakeland, NY 00401"]
hours = { en = "Monday to Friday, 8 am to 6 pm", es = "De lunes a viernes, de 8 a. m. a 6 p. m." }
"""
LOGO = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 180 40"><circle cx="20" cy="20" r="18" fill="#3d1053"/>'
    '<path d="M50 8h120v8H50zM50 24h90v8H50z" fill="#3d1053"/></svg>'
)
PAGES = ("/", "/find", "/sign-in", "/sign-in/staff", "/nowhere")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "logo.svg").write_text(LOGO)
    found = tmp_path / "look.toml"
    found.write_text(FILE)
    return found


@pytest.fixture
def worn(web: None, file: Path, settings_of: Callable[..., None]) -> None:
    from evenroll.pages.web_context import Site
    from evenroll.runtime.look_file import look_set

    settings_of(EVENROLL_WEB=Site(is_demo=False, look=look_set({"EVENROLL_WEB_LOOK": str(file)})))


def page_of(path: str, language: Language = Language.EN) -> str:
    return browser(HTTP_ACCEPT_LANGUAGE=language.value).get(path).content.decode()


def part(page: str, pattern: str) -> Any:
    found = re.search(pattern, page)
    assert found, pattern
    return browser().get(found[1])


@pytest.mark.parametrize("language", Language)
def test_every_page_wears_it(worn: None, language: Language) -> None:
    feet = set[str]()
    for path in PAGES:
        page = page_of(path, language)
        assert " Lakeland Electric</title>" in page
        assert 'content="#3d1053"' in page
        text = "Lakeland Electric, al inicio" if language is Language.ES else "Lakeland Electric, to the start"
        assert f'alt="{text}" width="198" height="44"' in page
        feet.add(re.search(r"<footer.*?</section>", page, re.DOTALL)[0])  # type: ignore[index]
    assert len(feet) == 1, "help stands at the same place, in the same words, on every page"
    (foot,) = feet
    assert 'href="tel:18005550100"' in foot
    assert 'href="mailto:help@lakeland.example"' in foot
    assert ("De lunes a viernes" in foot) == (language is Language.ES)
    assert "Lakeland, NY 00401" in foot


def test_its_parts_come_from_here_and_may_be_kept(worn: None) -> None:
    page = page_of("/")
    colors = part(page, r'href="(/look/[^"]+\.css)"')
    assert colors["Content-Type"] == "text/css; charset=utf-8"
    assert "--brand:#3d1053;" in colors.content.decode()
    assert "--link-hover:#" in colors.content.decode()
    drawn = part(page, r'src="(/look/[^"]+\.svg)"')
    assert drawn["Content-Type"] == "image/svg+xml"
    assert drawn["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert drawn["X-Content-Type-Options"] == "nosniff"
    for each in (colors, drawn):
        assert each["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "style-src 'self';" in browser().get("/")["Content-Security-Policy"] + ";"


def test_other_parts_are_not_there(worn: None) -> None:
    for name in ("logo.png", "look.toml", "..%2Flook.toml", "evenroll.css"):
        assert browser().get(f"/look/0/{name}").status_code == 404


def test_without_a_look_pages_are_ours(web: None) -> None:
    page = page_of("/")
    assert " Evenroll</title>" in page
    assert "/look/" not in page
    assert "Call the number on your electric bill" in page
    assert browser().get("/look/0/colors.css").status_code == 404


def test_a_name_that_is_set_goes_before_that_of_the_look(file: Path) -> None:
    from evenroll.runtime.look_file import look_set

    assert look_set({"EVENROLL_WEB_LOOK": str(file), "EVENROLL_WEB_NAME": "Lakeland"}).name == "Lakeland"
    assert look_set({"EVENROLL_WEB_NAME": "Lakeland"}).name == "Lakeland"
    assert look_set({}).name == "Evenroll"


def test_the_web_does_not_begin_with_colors_that_cannot_be_read(web: None, file: Path) -> None:
    from evenroll.runtime.web_app import make_ready

    file.write_text(FILE.replace('"#a3124f"', '"#ff8888"'))
    with pytest.raises(
        CommandEnded, match=r"look\.toml: link #ff8888 on .* nearest color that passes: link = "
    ) as told:
        make_ready({"EVENROLL_WEB_LOOK": str(file)})
    assert told.value.code is ExitCode.WRONG_USE


@pytest.mark.parametrize("written", ["nowhere.toml", "no = ["])
def test_a_file_that_cannot_be_read_is_said(tmp_path: Path, written: str) -> None:
    from evenroll.runtime.look_file import look_set

    found = tmp_path / "look.toml"
    if "=" in written:
        found.write_text(written)
    with pytest.raises(CommandEnded, match="cannot be read"):
        look_set({"EVENROLL_WEB_LOOK": str(found)})


def test_a_check_shows_every_pair_before_it_refuses(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["look", "check", str(file)]) == ExitCode.OK
    told = capsys.readouterr().out
    assert "#241533 on #cc8200" in told
    assert "too close" not in told
    assert "It can be worn" in told
    file.write_text(FILE.replace('"#cc8200"', '"#ffb52e"'))
    assert run(["look", "check", str(file)]) == ExitCode.WRONG_USE
    ended = capsys.readouterr()
    assert "too close" in ended.out
    assert "button #ffb52e on ground #fffafc has a contrast of 1.70, and needs 3." in ended.err


def test_mails_are_written_under_its_name(file: Path, tmp_path: Path) -> None:
    from evenroll.partners.django_mail import DjangoPost
    from evenroll.runtime.mail_wiring import mail_room

    said = {
        "EVENROLL_WEB_LOOK": str(file),
        "EVENROLL_MAIL_URL": f"files:{tmp_path}",
        "EVENROLL_MAIL_FROM": "enroll@lakeland.example",
        "EVENROLL_WEB_SITE": "https://enroll.lakeland.example",
    }
    room = mail_room(said, home=tmp_path, is_demo=False)
    assert room is not None
    assert isinstance(room.post, DjangoPost)
    room.post.send(a_letter())
    (mail,) = tmp_path.glob("*.eml")
    assert "From: Lakeland Electric <enroll@lakeland.example>" in mail.read_text()


def a_letter() -> Any:
    from evenroll.ports.mail import Letter

    return Letter(
        to="ana@customer.example",
        subject="Your code to sign in",
        text="Your code",
        html="<p>Your code</p>",
        language="en",
        message_id="<1@lakeland.example>",
    )

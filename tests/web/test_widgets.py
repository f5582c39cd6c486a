"""Questions of forms and parts of pages: said in the reader's language, linked to their errors, nothing unescaped."""

from __future__ import annotations

import re
from typing import Any

import pytest

from evenroll.enrollment.form import Language
from evenroll.pages.texts import render
from evenroll.pages.web_widgets import (
    Button,
    Card,
    Cards,
    Cell,
    Moment,
    Notice,
    SummaryList,
    SummaryRow,
    Table,
    Tag,
    Task,
    TaskList,
    Timeline,
)

PLANTED = '<script>alert("1")</script>'
WIDGETS = [
    Tag(text=PLANTED),
    Button(text=PLANTED, name="do", value=PLANTED),
    Button(text=PLANTED, href="/x"),
    SummaryList(rows=(SummaryRow(name=PLANTED, value=PLANTED, href="/x", change=PLANTED, change_what=PLANTED),)),
    TaskList(key="tasks", tasks=(Task(name=PLANTED, status=Tag(text=PLANTED), href="/x", hint=PLANTED),)),
    Timeline(moments=(Moment(title=PLANTED, at=PLANTED, by=PLANTED, text=PLANTED, is_now=True),)),
    Table(caption=PLANTED, columns=(Cell(text=PLANTED),), rows=((Cell(text=PLANTED, href="/x"),),)),
    Table(caption=PLANTED, columns=(Cell(text=PLANTED),), rows=(), empty=PLANTED),
    Notice(title=PLANTED, text=PLANTED),
    Notice(title=PLANTED, text=PLANTED, is_panel=True),
    Cards(cards=(Card(title=PLANTED, text=PLANTED, href="/x"),)),
]


def shown(template: str, **context: Any) -> str:
    from django.template import engines

    return engines["django"].from_string(template).render({"language": Language.ES, **context})


def form_of(data: dict[str, Any] | None) -> Any:
    from django import forms

    class Asked(forms.Form):
        zip = forms.CharField(label="web.help_title", help_text="web.help_text", max_length=5)
        kind = forms.ChoiceField(label=PLANTED, choices=[("a", "web.skip"), ("b", PLANTED)], widget=forms.RadioSelect)
        several = forms.MultipleChoiceField(
            label="web.skip", choices=[("a", "web.skip")], widget=forms.CheckboxSelectMultiple
        )
        agreed = forms.BooleanField(label="web.skip")
        picked = forms.ChoiceField(label="web.skip", choices=[("a", "web.skip")])
        note = forms.CharField(label="web.skip", widget=forms.Textarea)
        file = forms.FileField(label="web.skip")

    return Asked(data)


@pytest.mark.parametrize("part", WIDGETS, ids=lambda part: type(part).__name__)
def test_a_part_of_a_page_lets_no_script_in(web: None, part: Any) -> None:
    page = shown("{% widget part %}", part=part)
    assert "<script" not in page
    assert "&lt;script&gt;" in page


def test_each_error_leads_to_its_question(web: None) -> None:
    form = form_of({"zip": PLANTED, "kind": "c"})
    page = shown("{% error_summary form %}{% for each in form %}{% field each %}{% endfor %}", form=form)
    assert "<script" not in page
    targets = re.findall(r'<a href="#([^"]+)"', page)
    assert len(targets) == 7
    assert all(f' id="{target}"' in page for target in targets)
    described = re.findall(r'aria-describedby="([^"]+)"', page)
    assert all(f' id="{each}"' in page for ids in described for each in ids.split())
    assert render("web.error_too_long", language=Language.ES) in page
    assert render("web.error_required", language=Language.ES) in page
    assert "This field" not in page


def test_an_unasked_form_shows_no_error_and_nothing_chosen(web: None) -> None:
    page = shown("{% error_summary form %}{% for each in form %}{% field each %}{% endfor %}", form=form_of(None))
    assert "error" not in page
    assert " checked" not in page
    assert render("web.help_title", language=Language.ES) in page


def test_a_question_can_be_the_heading_of_its_page(web: None) -> None:
    page = shown("{% field form.kind is_heading=True %}", form=form_of(None))
    assert page.count("<h1") == 1
    assert "<legend" in page

"""The page that a survey is answered on: one file with its style within, for people without an account or scripts."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from typing import Any

import jinja2
from markupsafe import Markup

from touchstone.rules import surveys
from touchstone.rules.surveys import LANGUAGES, SCALES, Question
from touchstone.show._render import HERE


@dataclass(frozen=True)
class Sheet:
    """A survey as it is shown to whoever answers: with what they answered so far, and what is wrong with it."""

    questions: Sequence[Question]
    languages: Sequence[str]
    language: str
    address: str  # where its form goes
    token: str  # of its form
    place: str = ""  # where and what it is about
    invited: bool = False
    answers: Mapping[str, str] = field(default_factory=dict)
    wrong: Mapping[str, str] = field(default_factory=dict)
    note: str = ""  # the name of a sentence above the questions


def html(sheet: Sheet) -> tuple[str, str]:
    """(the page, the hash of its style for the content policy)."""
    style = _style() + _branches(sheet.questions)
    hidden = [each for each in sheet.questions if each not in surveys.asked(sheet.questions, sheet.answers)]
    return _drawn(style, sheet=sheet, hidden=hidden, language=sheet.language, languages=sheet.languages)


def said(name: str, *, language: str, todo: str = "") -> tuple[str, str]:
    """(a page of one sentence, such as thanks; the hash of its style)."""
    return _drawn(_style(), sheet=None, name=name, todo=todo, language=language, languages=())


def code(address: str) -> str:
    """The QR code of an address as SVG; dark on light, whatever lies around it."""
    import segno  # only where a code is drawn

    drawn = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        drawn, kind="svg", scale=8, border=4, dark="#000", light="#fff", xmldecl=False, title="QR"
    )
    return drawn.getvalue().decode("utf-8")


def _drawn(style: str, **names: Any) -> tuple[str, str]:
    words = {
        "say": surveys.say, "ends": surveys.ends, "scales": SCALES, "called": LANGUAGES, "text": _text,
        "style": Markup(style),  # ours alone: ids in it are small letters, checked when the survey was made
    }  # fmt: skip
    page = _template().render(**names, **words)
    return page, base64.b64encode(sha256(style.encode()).digest()).decode()


def _text(texts: Mapping[str, str], language: str) -> str:
    return texts.get(language) or texts.get("en") or next(iter(texts.values()), "")


def _branches(questions: Sequence[Question]) -> str:
    """CSS that shows a question only once what it hangs on is answered; without `:has` all are shown."""
    rules = []
    for name, needed in surveys.conditions(questions).items():
        met = "".join(f":has({','.join(f'#a-{on}-{answer}:checked' for answer in answers)})" for on, answers in needed)
        rules.append(f"#q-{name}{{display:none}}form{met} #q-{name}{{display:block}}")
    for each in questions:
        if each.kind == "told":
            rules.append(f"#w-{each.id}{{display:none}}#q-{each.id}:has(:checked) #w-{each.id}{{display:block}}")
    return f"@supports selector(:has(*)){{{''.join(rules)}}}" if rules else ""


@cache
def _style() -> str:
    return (HERE / "templates" / "answer.css").read_text("utf-8").strip()


@cache
def _template() -> jinja2.Template:
    loader = jinja2.FileSystemLoader(HERE / "templates")
    return jinja2.Environment(loader=loader, autoescape=True, trim_blocks=True).get_template("answer.html")

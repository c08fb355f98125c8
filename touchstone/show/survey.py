"""Survey: one survey with its link, its code to print, whom to invite, and what was answered so far."""

from __future__ import annotations

from touchstone.core.ask import Ask
from touchstone.core.code import Code
from touchstone.core.page import Block, Cards, Field, Form, Grid, Note, Page, Verbatim, Words
from touchstone.core.translation import ENGLISH, said
from touchstone.rules import surveys as rules
from touchstone.show import _answer, _say, _surveys, _units

WHO = ("insider", "partner")
_TITLE = "One survey"
_HEARD = """select id, text, touchpoint, unit, occurred_at, source from interaction
    where source = 'survey' and text is not null and split_part(thread, '.', 1) = ? order by md5(id || ?) limit 6"""
_WORDS = """select count(*) as n from interaction
    where source = 'survey' and text is not null and split_part(thread, '.', 1) = ?"""
_TOLD = """select json_extract_string(attributes, '$.told') as told, count(*) as n from interaction
    where source = 'survey' and kind = 'answer' and split_part(thread, '.', 1) = ?
        and json_extract_string(attributes, '$.told') is not null group by told order by n desc, told"""
_TELLERS = {"person": "somebody they know", "advertisement": "an advertisement", "review": "a review or a forum",
            "coupon": "a coupon or an offer", "other": "something else"}  # fmt: skip


def show(ask: Ask, *, id: str | None = None) -> Page:
    """The survey `id`: its sheet, its answers, who was invited and who did not answer."""
    found = _surveys.listed(ask, id) if id else []
    if not found:
        note = Note("There is no such survey.", "empty", "Open one from the page Surveys.")
        return Page("survey", _TITLE, "Which survey?", "", (note,))
    own = found[0]
    figures, counts = _surveys.scores(ask, own["id"])
    cards = (*figures, *([_surveys.response(found, seed=ask.seed)] if own["invited"] else []))
    blocks: list[Block] = [Cards(cards)] if cards else []
    if own["state"] == "open":
        blocks.append(_code(ask, own))
    blocks += _answers(ask, own["id"], counts)
    return Page("survey", _TITLE, _sentence(own), _lead(ask, own), (*blocks, *_forms(own)))


def _sentence(own: _surveys.Row) -> str:
    answers = _say.some(own["answers"], "answer", "answers") if own["answers"] else "no answer"
    told = f"{answers} so far" if own["state"] == "open" else f"{answers} in all, and closed"
    return f"{own['name']}: {told}."


def _lead(ask: Ask, own: _surveys.Row) -> str:
    about = _place(ask, own)
    return f"About {about}." if about else "About no single touchpoint or unit."


def _place(ask: Ask, own: _surveys.Row, language: str = ENGLISH) -> str:
    unit = _units.names(ask, [own["unit"]]).get(own["unit"], own["unit"])
    return " · ".join(each for each in (unit, said(own["touchpoint"] or "", language)) if each)


def _code(ask: Ask, own: _surveys.Row) -> Block:
    if not own["anyone"]:
        return Note("It is answered by invitation alone, so it has no code.")
    address = f"{own['address']}/s/{own['id']}"
    hosts = _say.listed(own["hosts"]) if own["hosts"] else ""
    framed = f"It may be shown by {hosts}." if hosts else "Name the site in the field “Hosts” when the survey is made."
    snippet = f'<iframe src="{address}/embed" title="Survey" width="100%" height="720" loading="lazy"></iframe>'
    lead = f"Print this page for the service desk: only the sheet is printed. {framed}"
    spoken = own["languages"][0]  # the sheet is read by customers, whatever its printer speaks
    return Code(
        rules.say("scan", spoken), todo=lead, address=address, svg=_answer.code(address),
        place=_place(ask, own, spoken), snippet=snippet if hosts else "", file=f"s/{own['id']}/code.svg",
    )  # fmt: skip


def _answers(ask: Ask, id: str, counts: list[tuple[str, float, int]]) -> list[Block]:
    blocks: list[Block] = []
    if counts:
        rows = tuple((name, f"{value:g}", n) for name, value, n in counts)
        blocks.append(Grid("What was ticked", "", ("asked", "answer", "how often"), rows, narrow=True))
    if told := ask.lake(_TOLD, [id]).to_pylist():
        lines = tuple((_TELLERS.get(row["told"], row["told"]), row["n"]) for row in told)
        lead = "What people say themselves; most word of mouth is never written anywhere else."
        blocks.append(Grid("Who told them", lead, ("who", "answers"), lines, narrow=True))
    heard = ask.lake(_HEARD, [id, str(ask.seed)]).to_pylist()
    if heard:
        words = tuple(
            Verbatim(row["id"], row["text"], touchpoint=row["touchpoint"] or "", unit=row["unit"] or "",
                     occurred_at=str(row["occurred_at"] or ""), source=row["source"])
            for row in heard
        )  # fmt: skip
        blocks.append(Words("In their words", words, ask.lake(_WORDS, [id])["n"][0].as_py(), ask.seed))
    return blocks


def _forms(own: _surveys.Row) -> list[Form]:
    if own["state"] != "open":
        return []
    hidden = (
        Field("survey", "", own["id"], kind="hidden"),
        Field("back", "", f"/survey?id={own['id']}", kind="hidden"),
    )
    whom = (
        Field("days", "Who came within so many days", "7", kind="number"),
        Field("share", "Share drawn by lot", "1", help="0.2 asks every fifth"),
        Field("rest", "Left alone after contact, days", "30", kind="number"),
    )
    asked = (
        Field("sample", "Members drawn by lot", "50", kind="number", help="of those who have a seat and are rested"),
        Field("rest", "Left alone after contact, days", "30", kind="number"),
    )
    beside = ((f"act/survey.invite?survey={own['id']}", "Name persons", ""),)
    return [
        Form("survey.invite", "Invite by mail", (*whom, *hidden), "Invite", beside=beside),
        Form("panel.ask", "Ask the advisory panel", (*asked, *hidden), "Ask the panel"),
        Form("survey.close", "", hidden, "Close this survey"),
    ]

"""The one door that anyone may pass: a survey by its link, answered without account, cookie or script.

It opens what the link names and nothing else: no page, no other action, whoever knocks.
"""

from __future__ import annotations

import secrets
from typing import Any

from fastapi import APIRouter, Request
from itsdangerous import BadSignature, URLSafeTimedSerializer
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, Response

from touchstone.core import finder
from touchstone.core.errors import Refused
from touchstone.core.translation import said
from touchstone.core.viewer import Viewer
from touchstone.rules import surveys as rules
from touchstone.rules import throttle, who
from touchstone.store import surveys
from touchstone.web import signing

routes = APIRouter(include_in_schema=False)
ACTION = "survey.answer"
FREE = 60
"""Answers from one address within half an hour that cost nothing: a tablet in the showroom, an office."""
LARGEST = 256 * 1024  # bytes of an answer


SENT = throttle.Tries(most=10_000)
"""Answers by address."""


@routes.get("/s/{token}")
def ask(request: Request, token: str, language: str = "") -> Response:
    """The survey that this link opens."""
    return _asked(request, token, language, embedded=False)


@routes.get("/s/{token}/embed")
def embedded(request: Request, token: str, language: str = "") -> Response:
    """The same within a frame of the sites that the survey names."""
    return _asked(request, token, language, embedded=True)


@routes.get("/s/{token}/code.svg")
def code(request: Request, token: str) -> Response:
    """The QR code that leads to a survey; of somebody's own link there is none."""
    from touchstone.show import _answer

    opened = surveys.opened(_store(request), token)
    if opened is None or opened.invitation is not None:
        return _said("gone", request, status=404)
    svg = _answer.code(f"{opened.survey['address']}/s/{token}")
    return Response(svg, media_type="image/svg+xml")


@routes.post("/s/{token}")
async def answer(request: Request, token: str) -> Response:
    """Takes an answer."""
    return await _sent(request, token, embedded=False)


@routes.post("/s/{token}/embed")
async def answer_embedded(request: Request, token: str) -> Response:
    """Takes an answer from within a frame."""
    return await _sent(request, token, embedded=True)


def _asked(request: Request, token: str, language: str, *, embedded: bool) -> Response:
    opened = surveys.opened(_store(request), token)
    if opened is None or opened.over:
        return _said(opened.over if opened else "gone", request, status=410 if opened else 404)
    return _sheet(request, opened, token, {"language": language}, embedded=embedded)


async def _sent(request: Request, token: str, *, embedded: bool) -> Response:
    signing.check_site(request)
    if not request.headers.get("content-length", "").isdigit() or int(request.headers["content-length"]) > LARGEST:
        return _said("wrong", request, status=413)
    async with request.form(max_files=0, max_fields=4 * rules.MOST) as form:
        given = {name: text for name, text in form.items() if isinstance(text, str)}
    return await run_in_threadpool(_take, request, token, given, embedded)


def _take(request: Request, token: str, given: dict[str, str], embedded: bool) -> Response:
    opened = surveys.opened(_store(request), token)
    if opened is None or opened.over:
        return _said(opened.over if opened else "gone", request, status=410 if opened else 404)
    if pause := SENT.take({signing.address(request): FREE}, now=signing.keeper(request).clock()):
        return _said("later", request, status=429, headers={"Retry-After": str(int(pause) + 1)})
    answers = {name[2:]: text for name, text in given.items() if name.startswith("a.")}
    key = _key(request, token, given.get("form", ""))
    _, wrong = rules.check(rules.kept(opened.survey["questions"]), answers)
    if wrong or not key:
        note = "wrong" if wrong else "old"
        return _sheet(request, opened, token, given, embedded=embedded, answers=answers, wrong=wrong, note=note)
    fields = {"survey": token, "answers": answers, "language": _language(request, opened, given), "key": key}
    try:
        who.check(OUTSIDER, who=finder.part("act", ACTION).WHO, what=ACTION)
        finder.verb("act", ACTION)(_store(request), **fields, stop=given.get("stop") == "true")
    except Refused:  # somebody was faster: it is closed now, or answered
        return _asked(request, token, given.get("language", ""), embedded=embedded)
    return _said("thanks", request, opened=opened, given=given, todo="kept", embedded=embedded)


OUTSIDER = Viewer()


def _store(request: Request) -> Any:
    """The home's store as nobody sees it, whoever is signed in here."""
    return request.app.state.home.store.as_viewer(OUTSIDER)


def _forms(request: Request) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(signing.keeper(request).secret, salt="survey")


def _key(request: Request, token: str, form: str) -> str:
    """What makes a response the same one when it comes twice; empty where the form is too old or not of this survey."""
    try:
        made_for, key = _forms(request).loads(form, max_age=signing.TOKEN_SECONDS)
    except (BadSignature, TypeError, ValueError):
        return ""
    return str(key) if made_for == token else ""


def _language(request: Request, opened: surveys.Opened, given: dict[str, str]) -> str:
    wanted, languages = given.get("language", ""), opened.survey["languages"]
    return wanted if wanted in languages else rules.spoken(request.headers.get("accept-language", ""), languages)


def _sheet(
    request: Request, opened: surveys.Opened, token: str, given: dict[str, str], *, embedded: bool,
    answers: dict[str, str] | None = None, wrong: dict[str, str] | None = None, note: str = "",
) -> Response:  # fmt: skip
    from touchstone.show import _answer

    found, language = opened.survey, _language(request, opened, given)
    sheet = _answer.Sheet(
        rules.kept(found["questions"]), found["languages"], language,
        address=f"/s/{token}{'/embed' if embedded else ''}",
        token=str(_forms(request).dumps([token, secrets.token_urlsafe(12)])),
        place=" · ".join(each for each in (opened.place, said(found["touchpoint"] or "", language)) if each),
        invited=opened.invitation is not None, answers=answers or {}, wrong=wrong or {}, note=note,
    )  # fmt: skip
    hosts = found["hosts"] if embedded else ()
    return _page(*_answer.html(sheet), status=422 if note else 200, hosts=hosts)


def _said(
    name: str, request: Request, *, status: int = 200, opened: surveys.Opened | None = None, todo: str = "",
    given: dict[str, str] | None = None, headers: dict[str, str] | None = None, embedded: bool = False,
) -> Response:  # fmt: skip
    from touchstone.show import _answer

    spoken = rules.spoken(request.headers.get("accept-language", ""), ["en", *rules.LANGUAGES])
    language = _language(request, opened, given or {}) if opened else spoken
    hosts = opened.survey["hosts"] if opened and embedded else ()
    return _page(*_answer.said(name, language=language, todo=todo), status=status, hosts=hosts, headers=headers)


def _page(text: str, style: str, *, status: int, hosts: Any = (), headers: dict[str, str] | None = None) -> Response:
    """One file that loads nothing; only `hosts` may frame it."""
    policy = (
        f"default-src 'none'; style-src 'sha256-{style}'; form-action 'self'; base-uri 'none'; "
        f"frame-ancestors {' '.join(hosts) or chr(39) + 'none' + chr(39)}"
    )
    return HTMLResponse(text, status, {**(headers or {}), "Content-Security-Policy": policy})

"""Which language a page is in: the account's own, else the one chosen here, else the browser's, else English."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from touchstone.core.translation import ENGLISH, languages
from touchstone.web import signing

routes = APIRouter(include_in_schema=False)
COOKIE = "language"
COOKIE_SECONDS = 365 * 24 * 60 * 60


@routes.post("/language")
async def choose(request: Request) -> Response:
    """Keeps the language chosen in the footer, and leads back to where it was chosen."""
    async with request.form(max_files=0, max_fields=10) as form:
        given = {name: str(form.get(name, "")) for name in ("csrf", "language", "back")}
    await run_in_threadpool(signing.keeper(request).check_token, request, given["csrf"])
    answer = RedirectResponse(signing.local(given["back"]), 303)
    if given["language"] in languages():
        secure = bool(request.app.state.home.settings.own_hosts)
        answer.set_cookie(
            COOKIE, given["language"], max_age=COOKIE_SECONDS, samesite="lax", httponly=True, secure=secure
        )
    return answer


def language(request: Request) -> str:
    """The language this request is answered in."""
    asked = signing.viewer(request).language, request.cookies.get(COOKIE, "")
    chosen = next((each for each in asked if each in languages()), "")
    return chosen or accepted(request.headers.get("accept-language", ""))


def here(request: Request) -> str:
    """Where a change of language leads back to: this page, where it was asked for and not sent to."""
    if request.method != "GET":
        return "/"
    return signing.local(request.url.path + (f"?{request.url.query}" if request.url.query else ""))


def accepted(header: str) -> str:
    """The first language of an Accept-Language header (RFC 9110, 12.5.4), best first, that there are pages in."""
    wanted = []
    for place, each in enumerate(header[:500].split(",")):
        name, _, weight = each.partition(";")
        try:
            quality = float(weight.strip().removeprefix("q=") or 1)
        except ValueError:
            continue
        wanted.append((-quality, place, name.strip().lower().partition("-")[0]))
    found = (name for quality, _, name in sorted(wanted) if quality < 0 and name in languages())
    return next(found, ENGLISH)

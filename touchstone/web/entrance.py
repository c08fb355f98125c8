"""The entrance: the forms to sign in and out, and the second step of accounts with a second factor."""

from __future__ import annotations

import io
import json
import secrets
from collections.abc import Callable
from urllib.parse import quote, urlsplit

import segno
from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from touchstone.core.page import Field, Form, Grid, Link, Page
from touchstone.rules import second_factor
from touchstone.store import accounts, factors, sessions
from touchstone.web import drawing, passkeys
from touchstone.web.errors import Problem
from touchstone.web.signing import address, keeper, local, viewer

routes = APIRouter(include_in_schema=False)
SECOND_STEP_SECONDS = 5 * 60
"""How long after the password the code may be typed."""


@routes.get("/sign-in")
def ask_in(request: Request, next: str = "/", name: str = "") -> Response:
    """The form to sign in; who is in already goes on."""
    if viewer(request).role != "outsider":
        return RedirectResponse(local(next), 303)
    return _form(request, next=next, name=name)


@routes.post("/sign-in")
async def sign_in(request: Request) -> Response:
    """Signs in, or where the account has a second factor, asks for its code."""
    given = await _given(request, "csrf", "name", "password", "next")
    doorkeeper = keeper(request)
    doorkeeper.check_token(request, given["csrf"])
    try:
        account = await run_in_threadpool(
            doorkeeper.admit, given["name"].strip(), given["password"], address=address(request)
        )
    except Problem as problem:
        return _form(request, next=given["next"], name=given["name"], problem=problem)
    return await enter(request, account, next=given["next"])


async def enter(request: Request, account: accounts.Account, *, next: str) -> Response:
    """Lets the account in, or where it has a second factor, asks for its code."""
    doorkeeper = keeper(request)
    if await run_in_threadpool(factors.confirmed, doorkeeper.store, account=account.id):
        request.session.clear()
        until = int(doorkeeper.clock().timestamp()) + SECOND_STEP_SECONDS
        request.session.update(key=secrets.token_urlsafe(24), waiting=[account.id, account.stamp, until])
        return await run_in_threadpool(_code_form, request, account, next=next)
    await run_in_threadpool(doorkeeper.open, request, account)
    return RedirectResponse(local(next), 303)


@routes.post("/sign-in/code")
async def by_code(request: Request) -> Response:
    """Signs in whoever gave the password a moment ago, and now a code of the second factor."""

    def check(account: accounts.Account, code: str) -> None:
        keeper(request).check_code(account, code, address=address(request))

    return await _second_step(request, "code", check)


@routes.post("/sign-in/passkey")
async def by_passkey(request: Request) -> Response:
    """Signs in whoever gave the password a moment ago, and now what a device of theirs signed."""

    def check(account: accounts.Account, credential: str) -> None:
        keeper(request).check_factor(
            account, lambda: passkeys.signed(request, account, credential),
            address=address(request), field="credential", what="No passkey of yours signed this.",
        )  # fmt: skip

    return await _second_step(request, "credential", check)


async def _second_step(request: Request, field: str, check: Callable[[accounts.Account, str], None]) -> Response:
    """Signs in the account that waits where `check` of what the form says in `field` raises no Problem."""
    given = await _given(request, "csrf", field, "next")
    doorkeeper = keeper(request)
    doorkeeper.check_token(request, given["csrf"])
    account = await run_in_threadpool(_waiting, request)
    if account is None:
        return RedirectResponse("/sign-in", 303)
    try:
        await run_in_threadpool(check, account, given[field])
    except Problem as problem:
        return await run_in_threadpool(_code_form, request, account, next=given["next"], problem=problem)
    await run_in_threadpool(doorkeeper.open, request, account)
    return RedirectResponse(local(given["next"]), 303)


@routes.post("/sign-out")
async def sign_out(request: Request) -> Response:
    """Signs out: this session's cookie is worth nothing from now on, wherever it was copied to."""
    given = await _given(request, "csrf")
    keeper(request).check_token(request, given["csrf"])
    if id := str(request.session.get("session", "")):
        await run_in_threadpool(sessions.end, keeper(request).store, id=id)
    request.session.clear()
    return RedirectResponse("/sign-in", 303)


@routes.get("/second-factor.svg")
def picture(request: Request) -> Response:
    """The QR code of the viewer's own secret, as long as it waits to be confirmed."""
    who = viewer(request)
    secret = factors.waiting(keeper(request).store, account=who.account) if who.session else ""
    if not secret:
        raise HTTPException(404)
    drawn = io.BytesIO()
    code = segno.make(second_factor.address(secret, name=who.name), error="m", micro=False)
    code.save(drawn, kind="svg", scale=6, light="#fff", title="Second factor", desc=f"Secret to type: {secret}")
    return Response(drawn.getvalue(), media_type="image/svg+xml")


def _waiting(request: Request) -> accounts.Account | None:
    """The account whose password was given in this session a moment ago, if it is as it was then."""
    doorkeeper = keeper(request)
    id, stamp, until = request.session.get("waiting") or ("", "", 0)
    account = accounts.get(doorkeeper.store, id=id) if id and until > doorkeeper.clock().timestamp() else None
    return account if account and not account.closed and account.stamp == stamp else None


async def _given(request: Request, *names: str) -> dict[str, str]:
    async with request.form(max_files=0, max_fields=10) as form:
        return {name: str(form.get(name, "")) for name in names}


def _form(request: Request, *, next: str, name: str = "", problem: Problem | None = None) -> Response:
    fields = (
        Field("name", "Name", value=name),
        Field("password", "Password", kind="password", error=_wrong(problem)),
        Field("next", "", value=local(next), kind="hidden"),
    )
    form = Form("sign-in", "", fields, "Sign in", beside=_outside(request, next))
    page = Page("sign-in", "Sign in", "What customers say, told from noise.", blocks=(form, *_example(request)))
    return _answered(request, page, problem)


def _example(request: Request) -> tuple[Grid, ...]:
    """The accounts of the example brand; any other home shows none."""
    logins = json.loads(keeper(request).store.chosen("logins") or "[]")
    if not logins:
        return ()
    lines = tuple((Link(name, f"/sign-in?name={quote(name, safe='')}"), what) for name, _, what in logins)
    lead = f"Choose who to be; the password of each is {logins[0][1]}."
    return (Grid("This is the example brand", lead, ("name", "who"), lines),)


def _outside(request: Request, next: str) -> tuple[tuple[str, str, str], ...]:
    """The way in through a provider of identity, where the settings name one."""
    settings = request.app.state.home.settings
    host = urlsplit(settings.oidc_issuer).hostname if settings.oidc_client_id else None
    return ((f"/sign-in/outside?next={quote(local(next), safe='')}", f"Sign in with {host}", ""),) if host else ()


def _code_form(request: Request, account: accounts.Account, *, next: str, problem: Problem | None = None) -> Response:
    told = "The six digits of your authenticator program, or a recovery code."
    fields = (
        Field("code", "Code", help=told, error=_wrong(problem)),
        Field("next", "", value=local(next), kind="hidden"),
    )
    form = Form("sign-in/code", "", fields, "Sign in", beside=(("/sign-in", "Begin again", ""),))
    ceremony = passkeys.asked(request, account, next=next)
    blocks = (ceremony, form) if ceremony else (form,)
    return _answered(request, Page("sign-in", "Sign in", "One more step: your second factor.", blocks=blocks), problem)


def _wrong(problem: Problem | None) -> str:
    return f"{problem.what} {problem.todo}" if problem else ""


def _answered(request: Request, page: Page, problem: Problem | None) -> Response:
    headers = {"Retry-After": str(problem.after)} if problem and problem.after else {}
    return drawing.answer(request, page, status=problem.status if problem else 200, headers=headers)

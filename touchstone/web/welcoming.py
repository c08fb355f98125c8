"""The way in for customers who were invited: a link opens a form for a password, and once it is chosen, their page."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from touchstone.core.errors import Refused
from touchstone.core.page import Field, Form, Page
from touchstone.rules import password as passwords
from touchstone.store import accounts, welcome
from touchstone.web import drawing
from touchstone.web.errors import Problem
from touchstone.web.signing import address, keeper

routes = APIRouter(include_in_schema=False)


@routes.get("/welcome/{token}")
def ask(request: Request, token: str) -> Response:
    """The form. A link that is only looked at is not used up: mail programs open links by themselves."""
    return _form(request, token, _invited(request, token).name)


@routes.post("/welcome/{token}")
async def choose(request: Request, token: str) -> Response:
    """Makes the password theirs and lets them in; the link is worth nothing from then on."""
    async with request.form(max_files=0, max_fields=10) as form:
        given = {name: str(form.get(name, "")) for name in ("csrf", "password")}
    doorkeeper = keeper(request)
    doorkeeper.check_token(request, given["csrf"])
    account = await run_in_threadpool(_invited, request, token)
    try:
        passwords.check(given["password"], email=account.name)
    except Refused as refusal:
        return _form(request, token, account.name, error=f"{refusal.what} {refusal.todo}")
    taken = await run_in_threadpool(welcome.take, doorkeeper.store, secret=token, password=given["password"])
    if taken is None:
        raise _gone()
    await run_in_threadpool(doorkeeper.open, request, taken)
    return RedirectResponse("/", 303)


def _invited(request: Request, token: str) -> accounts.Account:
    """Whom the link is for; else a 404, and for a guesser a 429."""
    doorkeeper = keeper(request)
    found = doorkeeper.guessed(f"welcome {address(request)}", lambda: welcome.find(doorkeeper.store, secret=token))
    if found is None:
        raise _gone()
    return found


def _gone() -> Problem:
    return Problem(404, "This link opens nothing.", todo="It may have been used or run out: ask for another.")


def _form(request: Request, token: str, name: str, *, error: str = "") -> Response:
    told = "Twelve characters or more; a few unrelated words."
    field = Field("password", "Your password", kind="password", help=told, error=error)
    form = Form(f"welcome/{token}", "", (field,), "Go to my page")
    page = Page("welcome", "Welcome", "Choose a password, and your page is yours.", f"You sign in as {name}.", (form,))
    return drawing.answer(request, page, status=422 if error else 200)

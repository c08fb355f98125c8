"""Signing in and out: who a request comes from, the token on every form, and how often one may guess."""

from __future__ import annotations

import hmac
import os
import re
import secrets
import tempfile
from base64 import b64decode
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from itsdangerous import BadSignature, URLSafeTimedSerializer
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from touchstone.core.page import Field, Form, Page
from touchstone.core.viewer import Viewer
from touchstone.rules import browser, throttle
from touchstone.store import accounts, keys, sessions
from touchstone.web import drawing
from touchstone.web.errors import Problem

routes = APIRouter()
OUTSIDER = Viewer()
TOKEN_SECONDS = 12 * 60 * 60
TRIES_FROM_ONE_ADDRESS = 50
"""Failures from one address that cost nothing: a whole office may share it."""
REMEMBERED = timedelta(minutes=1)
"""How long verified credentials need no Argon2 again, as long as their account stays as it was."""


class Doorkeeper:
    """Knows the secret of this home's door, who is who, and who has failed how often of late."""

    def __init__(self, home: Any) -> None:
        self.store = home.store
        self.secret = _secret(Path(home.path) / "secret.key")
        self.clock: Callable[[], datetime] = lambda: datetime.now(UTC)  # guessers wait in real time
        self._tokens = URLSafeTimedSerializer(self.secret, salt="form")
        self._tries = throttle.Tries()
        self._known: dict[bytes, tuple[datetime, accounts.Account]] = {}

    def token(self, request: Request) -> str:
        """A signed token for one form, good for this session alone."""
        key = request.session.setdefault("key", secrets.token_urlsafe(24))
        return str(self._tokens.dumps(key))

    def check_token(self, request: Request, token: str | None) -> None:
        """Nothing where `token` was made for this session; a 403 where it was not or is half a day old."""
        check_site(request)
        try:
            key = self._tokens.loads(token or "", max_age=TOKEN_SECONDS)
        except BadSignature:
            key = ""
        if not hmac.compare_digest(str(key), str(request.session.get("key", "")) or secrets.token_hex()):
            raise Problem(403, "This form is too old or not ours.", todo="Open it anew and send it again.")

    def admit(self, name: str, password: str, *, address: str) -> accounts.Account:
        """The open account of this name and password; else a 401, and after a few failures a 429 with the wait."""
        tried = {f"name {name.casefold()}": throttle.FREE, f"address {address}": TRIES_FROM_ONE_ADDRESS}
        now = self.clock()
        self._take(tried, now)
        account = accounts.verify(self.store, name=name, password=password)
        if account is None:
            raise Problem(401, "No account has this name and password.", todo="Try again.", field="password")
        self._tries.forgive(tried, now=now)
        return account

    def viewer(self, request: Request) -> Viewer:
        """Who the session's cookie says this is, if that session stands and its account is open still."""
        id = str(request.session.get("session", ""))
        account = sessions.seen(self.store, id=id) if id else None
        return replace(account.viewer, session=id) if account else OUTSIDER

    def open(self, request: Request, account: accounts.Account) -> None:
        """Begins a fresh session of `account`, so that one planted before is worth nothing."""
        agent = browser.called(request.headers.get("user-agent", ""))
        request.session.clear()
        request.session.update(
            session=sessions.start(self.store, account=account.id, agent=agent), key=secrets.token_urlsafe(24)
        )

    def program(self, request: Request) -> Viewer:
        """Who the header `Authorization` says this is: a key (`Bearer ts_…`), or a name and password (`Basic`)."""
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        if scheme.casefold() == "bearer":
            return self.key(given.strip(), address=_address(request))
        try:
            name, _, password = b64decode(given, validate=True).decode("utf-8").partition(":")
        except ValueError:
            scheme = ""
        if scheme.casefold() != "basic":
            raise Problem(401, "These credentials cannot be read.", todo="Send a key or HTTP Basic, or sign in.")
        return self._basic(name, password, address=_address(request))

    def key(self, secret: str, *, address: str) -> Viewer:
        """Who holds the key of this secret; else a 401, and for a guesser a 429 with the wait."""
        tried, now = {f"key {address}": TRIES_FROM_ONE_ADDRESS}, self.clock()
        self._take(tried, now)
        found = keys.find(self.store, secret=secret)
        if found is None:
            raise Problem(401, "This key opens nothing.", todo="It may have run out or been ended: make another.")
        self._tries.forgive(tried, now=now)
        return replace(found.account.viewer, key=found.id, scopes=found.scopes)

    def _take(self, tried: Mapping[str, int], now: datetime) -> None:
        if pause := self._tries.take(tried, now=now):
            after = int(pause) + 1
            raise Problem(429, "Too many failed sign-ins.", todo=f"Try again in {after} s.", after=after)

    def _basic(self, name: str, password: str, *, address: str) -> Viewer:
        """Who has this name and password. What was verified is remembered for a minute, by keyed hash."""
        key = hmac.digest(self.secret.encode(), f"{name}\0{password}".encode(), sha256)
        now = self.clock()
        then, account = self._known.get(key, (None, None))
        if (
            account is None
            or then is None
            or now - then > REMEMBERED
            or accounts.get(self.store, id=account.id) != account
        ):
            account = self.admit(name, password, address=address)
            self._known = {old: seen for old, seen in self._known.items() if now - seen[0] <= REMEMBERED}
            self._known[key] = (now, account)
        return account.viewer


def keeper(request: Request) -> Doorkeeper:
    """The doorkeeper of the application that this request came to."""
    found: Doorkeeper = request.app.state.doorkeeper
    return found


def check_site(request: Request) -> None:
    """Nothing, but for a request that the browser says another site made: a 403."""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise Problem(403, "This request comes from another site.", todo="Open the form here and send it again.")


def viewer(request: Request) -> Viewer:
    """Who this request comes from; looked up once a request."""
    if not hasattr(request.state, "viewer"):
        request.state.viewer = keeper(request).viewer(request)
    found: Viewer = request.state.viewer
    return found


def local(address: str | None) -> str:
    """`address` where it is one of our own paths, else the overview: no sign-in leads to another site."""
    return address if address and re.fullmatch(r"/(?![/\\])[\w./?=&%,:+~-]*", address, re.ASCII) else "/"


@routes.get("/sign-in", include_in_schema=False)
def ask_in(request: Request, next: str = "/") -> Response:
    """The form to sign in; who is in already goes on."""
    if viewer(request).role != "outsider":
        return RedirectResponse(local(next), 303)
    return _form(request, next=next)


@routes.post("/sign-in", include_in_schema=False)
async def sign_in(request: Request) -> Response:
    """Signs in."""
    async with request.form(max_files=0, max_fields=10) as form:
        given = {name: str(form.get(name, "")) for name in ("csrf", "name", "password", "next")}
    doorkeeper = keeper(request)
    doorkeeper.check_token(request, given["csrf"])
    try:
        account = await run_in_threadpool(
            doorkeeper.admit, given["name"].strip(), given["password"], address=_address(request)
        )
    except Problem as problem:
        return _form(request, next=given["next"], name=given["name"], problem=problem)
    await run_in_threadpool(doorkeeper.open, request, account)
    return RedirectResponse(local(given["next"]), 303)


@routes.post("/sign-out", include_in_schema=False)
async def sign_out(request: Request) -> Response:
    """Signs out: this session's cookie is worth nothing from now on, wherever it was copied to."""
    async with request.form(max_files=0, max_fields=10) as form:
        keeper(request).check_token(request, str(form.get("csrf", "")))
    if id := str(request.session.get("session", "")):
        await run_in_threadpool(sessions.end, keeper(request).store, id=id)
    request.session.clear()
    return RedirectResponse("/sign-in", 303)


def _form(request: Request, *, next: str, name: str = "", problem: Problem | None = None) -> Response:
    wrong = f"{problem.what} {problem.todo}" if problem else ""
    fields = (
        Field("name", "Name", value=name),
        Field("password", "Password", kind="password", error=wrong),
        Field("next", "", value=local(next), kind="hidden"),
    )
    form = Form("sign-in", "", fields, "Sign in")
    page = Page("sign-in", "Sign in", "What customers say, told from noise.", blocks=(form,))
    headers = {"Retry-After": str(problem.after)} if problem and problem.after else {}
    return drawing.answer(request, page, status=problem.status if problem else 200, headers=headers)


def _address(request: Request) -> str:
    return request.client.host if request.client else ""


def _secret(path: Path) -> str:
    """The home's secret; made on first use, readable by its owner alone, and never half written."""
    if not path.exists():
        handle, draft = tempfile.mkstemp(dir=path.parent, prefix=".secret")  # created 0600
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(32))
        try:
            os.link(draft, path)
        except FileExistsError:  # another process was first: its secret holds
            pass
        finally:
            os.unlink(draft)
    return path.read_text("ascii").strip()

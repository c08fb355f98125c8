"""Who a request comes from: by session, key or password; the token on every form; how often one may guess."""

from __future__ import annotations

import hmac
import re
import secrets
from base64 import b64decode
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, TypeVar

from fastapi import Request
from itsdangerous import BadSignature, URLSafeTimedSerializer

from touchstone.core.viewer import Viewer
from touchstone.rules import browser, throttle
from touchstone.store import accounts, factors, keys, sessions
from touchstone.store import secret as sealing
from touchstone.web.errors import Problem

Found = TypeVar("Found")
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
        self.secret = sealing.secret(home.path)
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

    def check_code(self, account: accounts.Account, code: str, *, address: str) -> None:
        """Nothing where this is a code of the account's second factor; else a 401, and for a guesser a 429."""
        self.check_factor(
            account, lambda: factors.verify(self.store, account=account.id, code=code),
            address=address, field="code", what="This is not the code of now.",
        )  # fmt: skip

    def check_factor(
        self, account: accounts.Account, holds: Callable[[], bool], *, address: str, field: str, what: str
    ) -> None:
        """Nothing where a second factor of the account holds; else a 401 that says `what`, for a guesser a 429."""
        tried = {f"code {account.id}": throttle.FREE, f"address {address}": TRIES_FROM_ONE_ADDRESS}
        now = self.clock()
        self._take(tried, now)
        if not holds():
            raise Problem(401, what, todo="Try again.", field=field)
        self._tries.forgive(tried, now=now)

    def viewer(self, request: Request) -> Viewer:
        """Who the session's cookie says this is, if that session stands and its account is open still."""
        id = str(request.session.get("session", ""))
        account = sessions.seen(self.store, id=id) if id else None
        return replace(account.viewer, session=id) if account else OUTSIDER

    def open(self, request: Request, account: accounts.Account) -> None:
        """Begins a fresh session of `account`, so that one planted before is worth nothing."""
        agent = browser.called(request.headers.get("user-agent", ""))
        self.store.as_viewer(account.viewer).log("account.sign_in", account=account.id)
        request.session.clear()
        request.session.update(
            session=sessions.start(self.store, account=account.id, agent=agent), key=secrets.token_urlsafe(24)
        )

    def program(self, request: Request) -> Viewer:
        """Who the header `Authorization` says this is: a key (`Bearer ts_…`), or a name and password (`Basic`)."""
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        if scheme.casefold() == "bearer":
            return self.key(given.strip(), address=address(request))
        try:
            name, _, password = b64decode(given, validate=True).decode("utf-8").partition(":")
        except ValueError:
            scheme = ""
        if scheme.casefold() != "basic":
            raise Problem(401, "These credentials cannot be read.", todo="Send a key or HTTP Basic, or sign in.")
        return self._basic(name, password, address=address(request))

    def key(self, secret: str, *, address: str) -> Viewer:
        """Who holds the key of this secret; else a 401, and for a guesser a 429 with the wait."""
        found = self.guessed(f"key {address}", lambda: keys.find(self.store, secret=secret))
        if found is None:
            raise Problem(401, "This key opens nothing.", todo="It may have run out or been ended: make another.")
        return found.viewer

    def guessed(self, by: str, find: Callable[[], Found | None]) -> Found | None:
        """What was found; who finds nothing too often must wait: a 429."""
        tried, now = {by: TRIES_FROM_ONE_ADDRESS}, self.clock()
        self._take(tried, now)
        if (found := find()) is not None:
            self._tries.forgive(tried, now=now)
        return found

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
            if factors.confirmed(self.store, account=account.id):
                raise Problem(403, "This account has a second factor.", todo="Let the program send a key.")
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


def address(request: Request) -> str:
    """The address a request comes from."""
    return request.client.host if request.client else ""

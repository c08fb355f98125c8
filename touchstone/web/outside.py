"""Signing in through a provider of identity: out to it, and back with a proof of who came."""

from __future__ import annotations

import hmac
import secrets
from typing import Any

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from touchstone.core.settings import Settings
from touchstone.store import accounts, outside
from touchstone.web import entrance, provider
from touchstone.web.errors import Problem
from touchstone.web.signing import keeper, local

routes = APIRouter(include_in_schema=False)
BACK = "/sign-in/back"
SECONDS = 10 * 60
"""How long somebody may take at the provider."""


@routes.get("/sign-in/outside")
def out(request: Request, next: str = "/") -> Response:
    """To the provider, with what must come back: state and nonce are good for this browser, once."""
    settings = _settings(request)
    kept = {name: secrets.token_urlsafe(32) for name in ("state", "nonce", "verifier")}
    address = provider.named(settings).door(back=_back(request), **kept)
    until = int(keeper(request).clock().timestamp()) + SECONDS
    request.session["outside"] = {**kept, "next": local(next), "until": until}
    return RedirectResponse(address, 303)


@routes.get(BACK)
async def back(request: Request) -> Response:
    """Who came back from the provider is let in as the account they are; nobody else is."""
    settings = _settings(request)
    kept = request.session.pop("outside", None) or {}
    sent = dict(request.query_params)
    if not _ours(kept, sent.get("state", ""), keeper(request).clock().timestamp()):
        raise Problem(403, "This sign-in was not begun here.", todo="Begin it anew on the page to sign in.")
    if "code" not in sent:
        raise Problem(403, "The provider let nobody in.", todo="Sign in there, or here by password.")
    account = await run_in_threadpool(_account, request, settings, kept, sent)
    return await entrance.enter(request, account, next=str(kept["next"]))


def _account(request: Request, settings: Settings, kept: dict[str, Any], sent: dict[str, str]) -> accounts.Account:
    at = provider.named(settings)
    if sent.get("iss", at.about["issuer"]) != at.about["issuer"]:  # RFC 9207: not mixed up with another's answer
        raise Problem(403, "This answer is another provider's.", todo="Begin anew on the page to sign in.")
    claims = at.person(sent["code"], back=_back(request), nonce=kept["nonce"], verifier=kept["verifier"])
    email = str(claims.get("email", "")) if claims.get("email_verified") is True else ""
    store = keeper(request).store
    found = outside.account(store, issuer=str(claims["iss"]), subject=str(claims["sub"]), email=email)
    if found is None:
        todo = "Ask an administrator to open one whose name is the address your provider has verified."
        raise Problem(403, "Nobody here has an account that you are.", todo=todo)
    return found


def _ours(kept: dict[str, Any], state: str, now: float) -> bool:
    given, expected = state.encode(), str(kept.get("state", "")) or secrets.token_hex()
    return hmac.compare_digest(given, expected.encode()) and float(kept.get("until", 0)) > now


def _settings(request: Request) -> Settings:
    settings: Settings = request.app.state.home.settings
    if not (settings.oidc_issuer and settings.oidc_client_id):
        raise HTTPException(404)
    return settings


def _back(request: Request) -> str:
    """Where the provider sends people back to: this host, which is one of ours, over TLS where a proxy speaks it."""
    host = request.headers["host"]
    scheme = "https" if host.partition(":")[0] in request.app.state.home.settings.own_hosts else request.url.scheme
    return f"{scheme}://{host}{BACK}"

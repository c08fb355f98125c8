"""Passkeys: a device's key beside the password, added on the page of one's account and asked for at the entrance.

The challenge is kept here, is good for one account, one purpose and five minutes, and is taken once.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import partial
from typing import Any

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from touchstone.act import _own
from touchstone.core.ceremony import Ceremony
from touchstone.core.errors import Refused
from touchstone.core.page import Field, Form, Note, Page
from touchstone.core.viewer import Viewer
from touchstone.rules import who
from touchstone.store import accounts, passkeys
from touchstone.store.passkeys import Passkey
from touchstone.web import drawing, forms, signing
from touchstone.web.errors import Problem

routes = APIRouter(include_in_schema=False)
OWN_NAME = "localhost"
MAY = ("insider", "partner", "customer")
"""Who may add one: those who may begin any second factor."""


@dataclass(frozen=True)
class Place:
    """Where a passkey is good: the host it is bound to, and the address of pages there."""

    host: str
    origin: str


def place(request: Request) -> Place | None:
    """This host, over TLS where it is one that settings name; None where it has no name: passkeys take no number."""
    host = request.headers["host"]
    name = host.partition(":")[0]
    if name in request.app.state.home.settings.own_hosts:
        return Place(name, f"https://{host}")
    return Place(name, f"{request.url.scheme}://{host}") if name == OWN_NAME else None


@routes.post("/passkeys/begin")
async def begin(request: Request) -> Response:
    """After the password: the form in which the browser makes the key."""
    viewer, given = await _sent(request, "password")
    return await run_in_threadpool(_begin, request, viewer, given["password"])


@routes.post("/passkeys/add")
async def add(request: Request) -> Response:
    """Keeps what the device made; the first factor of an account tells its recovery codes, once."""
    viewer, given = await _sent(request, "name", "credential")
    return await run_in_threadpool(_add, request, viewer, given["name"], given["credential"])


def asked(request: Request, account: accounts.Account, *, next: str) -> Ceremony | None:
    """The form that a passkey of this account fills at the entrance; None where it has none, or none is good here."""
    keys, here = passkeys.held(signing.keeper(request).store, account=account.id), place(request)
    if not keys or here is None:
        return None
    from webauthn import generate_authentication_options, options_to_json

    challenge = _challenge(request, account.id, "sign_in")
    options = generate_authentication_options(rp_id=here.host, challenge=challenge, allow_credentials=_known(keys))
    fields = (Field("next", "", signing.local(next), kind="hidden"),)
    told = "Your browser asks for it; it takes scripts."
    return Ceremony("", todo=told, action="sign-in/passkey", kind="get", options=options_to_json(options),
                    fields=fields, button="Use a passkey")  # fmt: skip


def signed(request: Request, account: accounts.Account, credential: str) -> bool:
    """Whether a passkey of the account signed the challenge that waits in this session, which is used up by it."""
    store, here = signing.keeper(request).store, place(request)
    id = str(request.session.get("passkey", ""))
    challenge = passkeys.taken(store, id=id, account=account.id, purpose="sign_in")
    found = _read(credential)
    if challenge is None or here is None or found is None:
        return False
    verify = partial(_count, found, challenge=challenge, here=here)
    return passkeys.used(store, account=account.id, id=str(found.get("id")), verify=verify)


def _begin(request: Request, viewer: Viewer, password: str) -> Response:
    store, account, here = _mine(request, viewer)
    try:
        _own.check_password(store, account, password, field="password")
    except Refused as refusal:
        return drawing.answer(request, _again(f"{refusal.what} {refusal.todo}"), status=422)
    from webauthn import generate_registration_options, options_to_json

    options = generate_registration_options(
        rp_id=here.host, rp_name="Touchstone", user_id=account.id.encode(), user_name=account.name,
        challenge=_challenge(request, account.id, "add"),
        exclude_credentials=_known(passkeys.held(store, account=account.id)),
    )  # fmt: skip
    name = Field("name", "What you call it", "This device", help="So that you know it among others.")
    block = Ceremony("", todo="Your browser makes it; it takes scripts.", action="passkeys/add", kind="create",
                     options=options_to_json(options), fields=(name,), button="Make the passkey")  # fmt: skip
    return drawing.answer(request, Page("passkeys", "A passkey", "One press, and your device is known.", "", (block,)))


def _add(request: Request, viewer: Viewer, name: str, credential: str) -> Response:
    store, account, here = _mine(request, viewer)
    id = str(request.session.pop("passkey", ""))
    challenge = passkeys.taken(store, id=id, account=account.id, purpose="add")
    if challenge is None:
        raise Problem(403, "This was not begun here, or too long ago.", todo="Begin it anew on your account's page.")
    label = " ".join(name.split())[:100] or "A passkey"
    key = _made(_read(credential), challenge=challenge, here=here)
    told = passkeys.add(store, account=account.id, name=label, key=key)
    store.log("passkey.add", account=account.id)
    if not told:
        return RedirectResponse("/account", 303)
    outcome = {"recovery_codes": told}
    return drawing.answer(request, forms.told("A passkey", outcome, ("recovery_codes",), back="/account"))


def _made(found: dict[str, Any] | None, *, challenge: bytes, here: Place) -> Passkey:
    """The key in what the device sent; a 422 where that is none, or was made elsewhere or for another challenge."""
    from webauthn import verify_registration_response
    from webauthn.helpers import bytes_to_base64url
    from webauthn.helpers.exceptions import WebAuthnException

    try:
        made = verify_registration_response(
            credential=found or {}, expected_challenge=challenge, expected_rp_id=here.host, expected_origin=here.origin
        )
    except (WebAuthnException, ValueError, TypeError, KeyError) as error:
        raise Problem(422, "The device sent no passkey of ours.", todo="Begin it anew.") from error
    return Passkey(bytes_to_base64url(made.credential_id), made.credential_public_key, made.sign_count)


def _count(found: dict[str, Any], key: Passkey, *, challenge: bytes, here: Place) -> int | None:
    """How often the device says this key signed; None where it did not sign this, or says less than before."""
    from webauthn import verify_authentication_response
    from webauthn.helpers.exceptions import WebAuthnException

    try:
        return verify_authentication_response(
            credential=found, expected_challenge=challenge, expected_rp_id=here.host, expected_origin=here.origin,
            credential_public_key=key.public_key, credential_current_sign_count=key.sign_count,
        ).new_sign_count  # fmt: skip
    except (WebAuthnException, ValueError, TypeError, KeyError):
        return None


def _mine(request: Request, viewer: Viewer) -> tuple[Any, accounts.Account, Place]:
    """The store as its owner sees it, their account, and where this is."""
    who.check(viewer, who=MAY, what="passkeys")
    store, here = signing.keeper(request).store.as_viewer(viewer), place(request)
    if here is None:
        todo = "Open this home by a name: on this machine, http://localhost."
        raise Problem(409, "Passkeys are bound to a host's name, and this address is a number.", todo=todo)
    return store, _own.account(store, name=""), here


def _challenge(request: Request, account: str, purpose: str) -> bytes:
    id, made = passkeys.challenge(signing.keeper(request).store, account=account, purpose=purpose)
    request.session["passkey"] = id
    return made


def _known(keys: list[Passkey]) -> list[Any]:
    from webauthn import base64url_to_bytes
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor

    return [PublicKeyCredentialDescriptor(id=base64url_to_bytes(each.id)) for each in keys]


def _read(credential: str) -> dict[str, Any] | None:
    try:
        found = json.loads(credential)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _again(error: str) -> Page:
    field = Field("password", "Your password", kind="password", error=error)
    note = Note("A passkey is added by who knows the password.")
    return Page(
        "passkeys", "A passkey", "First your password.", "", (note, Form("passkeys/begin", "", (field,), "Go on"))
    )


async def _sent(request: Request, *names: str) -> tuple[Viewer, dict[str, str]]:
    """Who sends the form, signed in with a session of their own, and what it says."""
    async with request.form(max_files=0, max_fields=10) as form:
        given = {name: str(form.get(name, "")) for name in ("csrf", *names)}
    signing.keeper(request).check_token(request, given.pop("csrf"))
    viewer = await run_in_threadpool(signing.viewer, request)
    if not viewer.session:
        raise Problem(401, "This is for accounts of this home.", todo="Sign in.")
    return viewer, given

"""A provider of identity (OpenID Connect): where it lets people in, and what its tokens say, verified by its keys."""

from __future__ import annotations

import json
import time
from base64 import b64encode
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from touchstone.core import outgoing
from touchstone.core.errors import Refused, Stop
from touchstone.core.settings import Settings

ALGORITHMS = ["RS256", "PS256", "ES256"]
"""Signatures by a key pair alone: none at all, or one by a shared secret, is refused."""
LEEWAY = 60
_USUAL = "client_secret_basic"
_FORM = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}


@dataclass(frozen=True)
class Provider:
    """The provider that the settings name, as it describes itself."""

    settings: Settings
    about: dict[str, Any]

    def door(self, *, back: str, state: str, nonce: str, verifier: str) -> str:
        """The address at which the provider asks people who they are; they come back to `back`."""
        proof = {"code_challenge": create_s256_code_challenge(verifier), "code_challenge_method": "S256"}
        address = self._address("authorization_endpoint")
        asked = {"redirect_uri": back, "scope": "openid email", "state": state, "nonce": nonce, **proof}
        return str(prepare_grant_uri(address, self.settings.oidc_client_id, "code", **asked))

    def person(self, code: str, *, back: str, nonce: str, verifier: str) -> dict[str, Any]:
        """The claims about whoever came back with `code`; `Refused` where they are not proven to be theirs."""
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": back, "code_verifier": verifier}
        said = self._json("POST", "token_endpoint", form)
        return self._claims(str(said.get("id_token", "")), nonce=nonce, access_token=said.get("access_token"))

    def _claims(self, token: str, *, nonce: str, access_token: Any) -> dict[str, Any]:
        """What an id token says, once its signature, issuer, audience, times and nonce hold."""
        own = self.settings.oidc_client_id
        expected = {"iss": {"essential": True, "value": self.about["issuer"]}, "aud": {"essential": True, "value": own}}
        keys: Any = self._json("GET", "jwks_uri")
        try:
            read = jwt.decode(token, KeySet.import_key_set(keys), algorithms=ALGORITHMS)
            more = {"nonce": nonce, "client_id": own, "access_token": access_token}
            claims = CodeIDToken(read.claims, read.header, expected, more)
            claims.validate(now=int(time.time()), leeway=LEEWAY)
        except (JoseError, ValueError, KeyError, TypeError) as error:
            raise Refused(
                f"the provider's answer proves nothing ({type(error).__name__}).", todo="Sign in again."
            ) from error
        return dict(claims)

    def _json(self, method: str, name: str, form: dict[str, str] | None = None) -> dict[str, Any]:
        headers, body = dict(_FORM), b""
        if form is not None:
            form = {"client_id": self.settings.oidc_client_id, **form}
            if "client_secret_basic" in self.about.get(
                "token_endpoint_auth_methods_supported", ["client_secret_basic"]
            ):
                headers["Authorization"] = _basic(self.settings)
            else:
                form["client_secret"] = self.settings.oidc_client_secret
            body = urlencode(form).encode()
        return _fetched(method, self._address(name), self.settings, headers=headers, body=body)

    def _address(self, name: str) -> str:
        return str(self.about.get(name, ""))


def named(settings: Settings) -> Provider:
    """The provider in the settings, described by itself; `Stop` where it describes another."""
    issuer = settings.oidc_issuer.rstrip("/")
    about = _fetched("GET", f"{issuer}/.well-known/openid-configuration", settings, headers=dict(_FORM))
    if str(about.get("issuer", "")).rstrip("/") != issuer:
        raise Stop("the provider calls itself otherwise.", where="oidc_issuer", todo="Write its issuer as it does.")
    return Provider(settings, about)


def _fetched(
    method: str, url: str, settings: Settings, *, headers: dict[str, str], body: bytes = b""
) -> dict[str, Any]:
    answer = outgoing.send(method, url, headers=headers, body=body, allowed=settings.reachable_hosts)
    try:
        said = json.loads(answer.body) if answer.status == 200 else None
    except ValueError:
        said = None
    if not isinstance(said, dict):
        raise Refused(f"the provider of identity said {answer.status}.", todo="Sign in again, or by password.")
    return said


def _basic(settings: Settings) -> str:
    pair = f"{quote(settings.oidc_client_id, safe='')}:{quote(settings.oidc_client_secret, safe='')}"
    return f"Basic {b64encode(pair.encode()).decode()}"

"""A small provider of identity for tests: OpenID Connect on loopback, with a real RSA key."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

CLIENT, SECRET = "touchstone", "a secret & more: §"


class Provider:
    """Lets in whoever `claims` says, without asking; `lies` change what its tokens say, `sign` who signs them."""

    def __init__(self) -> None:
        self.key = RSAKey.generate_key(2048, {"kid": "one"})
        self.other = RSAKey.generate_key(2048, {"kid": "one"})
        self.claims: dict[str, Any] = {}
        self.lies: dict[str, Any] = {}
        self.sign = "RS256"
        self.issuer = ""
        self.asked: dict[str, dict[str, str]] = {}
        self.bodies: list[bytes] = []

    def token(self, asked: dict[str, str]) -> str:
        """The id token for whoever was let in by what was asked."""
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": CLIENT,
            "iat": now,
            "exp": now + 60,
            "nonce": asked["nonce"],
            **self.claims,
        }
        claims = {name: value for name, value in (claims | self.lies).items() if value is not None}
        if self.sign == "none":
            parts = [json.dumps(each).encode() for each in ({"alg": "none"}, claims)]
            return ".".join([*(base64.urlsafe_b64encode(each).decode().rstrip("=") for each in parts), ""])
        if self.sign == "HS256":  # by the secret that both sides share
            return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(SECRET), ["HS256"])
        key = self.other if self.sign == "another" else self.key
        return jwt.encode({"alg": "RS256", "kid": "one"}, claims, key)

    def answer(self, path: str, given: dict[str, str], header: str) -> tuple[int, Any]:
        """Status and what is said; a text is where it leads."""
        if path == "/.well-known/openid-configuration":
            places = {"authorization_endpoint": "door", "token_endpoint": "token", "jwks_uri": "keys"}
            return 200, {"issuer": self.issuer, **{name: f"{self.issuer}/{at}" for name, at in places.items()}}
        if path == "/keys":
            return 200, {"keys": [self.key.as_dict(private=False)]}
        if path == "/door":
            code = secrets.token_hex(8)
            self.asked[code] = given
            return 303, f"{given['redirect_uri']}?{urlencode({'code': code, 'state': given['state']})}"
        asked = self.asked.pop(given.get("code", ""), None)
        proof = base64.urlsafe_b64encode(hashlib.sha256(given.get("code_verifier", "").encode()).digest()).decode()
        pair = base64.b64decode(header.removeprefix("Basic ")).decode().partition(":")
        known = pair[0] == CLIENT and pair[2] == quote(SECRET, safe="")
        if not known or asked is None or proof.rstrip("=") != asked["code_challenge"]:
            return 400, {"error": "invalid_grant"}
        if given["redirect_uri"] != asked["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        return 200, {"id_token": self.token(asked), "access_token": "none", "token_type": "Bearer"}


@contextmanager
def provider() -> Iterator[Provider]:
    """A provider that runs while the block does."""
    made = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            self._say(*made.answer(parts.path, dict(parse_qsl(parts.query)), ""))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            made.bodies.append(body)
            given = dict(parse_qsl(body.decode()))
            self._say(*made.answer(self.path, given, self.headers.get("authorization", "")))

        def _say(self, status: int, said: Any) -> None:
            body = b"" if isinstance(said, str) else json.dumps(said).encode()
            self.send_response(status)
            if isinstance(said, str):
                self.send_header("Location", said)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        thread.join()
        server.server_close()

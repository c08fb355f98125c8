"""A device that holds a passkey, made of a key and a counter: attestation `none`, ES256."""

from __future__ import annotations

import hashlib
import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec


def text(content: bytes) -> str:
    """Bytes as WebAuthn writes them."""
    return urlsafe_b64encode(content).rstrip(b"=").decode()


def content(written: str) -> bytes:
    """Bytes that WebAuthn wrote."""
    return urlsafe_b64decode(written + "=" * (-len(written) % 4))


@dataclass
class Authenticator:
    """One key; `origin` and `host` are where it believes to be."""

    origin: str
    host: str = "localhost"
    count: int = 0
    id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    key: Any = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def create(self, options: dict[str, Any]) -> str:
        """What `navigator.credentials.create` gives for these options, as the page sends it."""
        point = self.key.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")}
        held = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + cbor2.dumps(cose)
        made = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": self._data(0x41) + held})
        said = self._said("webauthn.create", options["challenge"])
        return self._sent({"clientDataJSON": text(said), "attestationObject": text(made)})

    def get(self, options: dict[str, Any]) -> str:
        """What `navigator.credentials.get` gives; it counts once more."""
        self.count += 1
        data, said = self._data(0x01), self._said("webauthn.get", options["challenge"])
        signature = self.key.sign(data + hashlib.sha256(said).digest(), ec.ECDSA(hashes.SHA256()))
        told = {"clientDataJSON": said, "authenticatorData": data, "signature": signature}
        return self._sent({name: text(each) for name, each in told.items()})

    def _data(self, flags: int) -> bytes:
        return hashlib.sha256(self.host.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def _said(self, what: str, challenge: str) -> bytes:
        return json.dumps({"type": what, "challenge": challenge, "origin": self.origin}).encode()

    def _sent(self, response: dict[str, str]) -> str:
        own = text(self.id)
        told = {"id": own, "rawId": own, "type": "public-key", "response": response, "clientExtensionResults": {}}
        return json.dumps(told)

"""Codes of a second factor: time-based (RFC 6238, by pyotp), each taken once, and recovery codes."""

from __future__ import annotations

import secrets
from base64 import b32encode
from datetime import datetime
from hashlib import sha256

import pyotp

SECONDS = 30
AROUND = 1
"""Steps that a phone's clock may be off, either way."""
RECOVERY = 10


def fresh() -> str:
    """A new secret of 160 random bits, as authenticator programs take it."""
    return pyotp.random_base32()


def address(secret: str, *, name: str) -> str:
    """What a QR code says to an authenticator program: whose codes these are, and the secret."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name="Touchstone")


def step(secret: str, code: str, *, now: datetime, last: int) -> int | None:
    """The step (half minutes since 1970) whose code this is; None where it is none of now, or not after `last`.

    Whoever keeps the step returned as the next `last` takes each code once.
    """
    here, given = int(now.timestamp()) // SECONDS, "".join(code.split())
    codes = pyotp.TOTP(secret)
    found = None
    for each in range(here - AROUND, here + AROUND + 1):  # all of them, so that the time tells nothing
        if secrets.compare_digest(codes.generate_otp(each).encode(), given.encode()) and each > last:
            found = each
    return found


def recovery() -> list[str]:
    """Fresh recovery codes of 80 random bits each, for a piece of paper."""
    made = (b32encode(secrets.token_bytes(10)).decode().lower() for _ in range(RECOVERY))
    return ["-".join(each[at : at + 4] for at in range(0, 16, 4)) for each in made]


def digest(code: str) -> str:
    """What is kept of a recovery code, however it is typed."""
    return sha256("".join(each for each in code.lower() if each.isalnum()).encode()).hexdigest()

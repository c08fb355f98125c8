"""How a webhook is signed, so that its receiver knows it to be ours and fresh. Pure.

Standard Webhooks 1.0 (standardwebhooks.com): its libraries verify it in a line, whatever the language.
"""

from __future__ import annotations

import hmac
from base64 import b64encode
from datetime import datetime

PREFIX = "whsec_"


def secret(key: bytes) -> str:
    """The key as a receiver keeps it."""
    return PREFIX + b64encode(key).decode("ascii")


def headers(key: bytes, *, id: str, at: datetime, body: bytes) -> dict[str, str]:
    """What proves a message: its id, when it was sent (seconds), and the signature (HMAC-SHA256) over both and it."""
    instant = str(int(at.timestamp()))
    signed = hmac.digest(key, b".".join((id.encode(), instant.encode(), body)), "sha256")
    return {
        "webhook-id": id,
        "webhook-timestamp": instant,
        "webhook-signature": f"v1,{b64encode(signed).decode('ascii')}",
    }

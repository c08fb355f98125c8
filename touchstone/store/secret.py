"""The home's secret: signs cookies and forms, and seals what must be read again."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets
import tempfile
from pathlib import Path
from typing import Any

FILE = "secret.key"


def secret(home: Path) -> str:
    """The home's secret; made on first use, readable by its owner alone, and never half written."""
    path = Path(home) / FILE
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


def derived(home: Path, purpose: str) -> bytes:
    """A key of its own for one purpose: whoever holds it learns nothing of the home's secret, nor of another's."""
    return hmac.digest(secret(home).encode(), purpose.encode(), "sha256")


def seal(home: Path, text: str) -> str:
    """The text, readable again only with this home's secret (Fernet: AES-128-CBC, HMAC-SHA256)."""
    sealed: bytes = _fernet(home).encrypt(text.encode())
    return sealed.decode()


def unseal(home: Path, sealed: str) -> str:
    """The text that was sealed; empty where the secret has changed since."""
    from cryptography.fernet import InvalidToken

    try:
        return bytes(_fernet(home).decrypt(sealed.encode())).decode()
    except InvalidToken:
        return ""


def _fernet(home: Path) -> Any:
    from cryptography.fernet import Fernet  # dear to import, and most commands seal nothing

    key = hashlib.sha256(f"seal {secret(home)}".encode()).digest()  # a key of its own, apart from signing
    return Fernet(base64.urlsafe_b64encode(key))

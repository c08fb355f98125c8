"""How a customer may be reached, of whatever a source wrote of their contact points. Pure."""

from __future__ import annotations

import json
from email.utils import parseaddr


def mail(contacts: str | None) -> str:
    """The mail address among a person's contacts (JSON, under `email` or `mail`, the first of a list); empty: none."""
    try:
        held = json.loads(contacts or "{}")
    except ValueError:
        return ""
    found = (held.get("email") or held.get("mail")) if isinstance(held, dict) else None
    found = found[0] if isinstance(found, list) and found else found
    return found if isinstance(found, str) and "@" in parseaddr(found)[1] else ""

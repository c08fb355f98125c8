"""Choose the language your pages and mails are in."""

from __future__ import annotations

from typing import Any

from touchstone.act import _own
from touchstone.core.errors import Refused
from touchstone.core.translation import languages
from touchstone.store import accounts

WHO = ("insider", "partner", "customer")


def act(store: Any, *, language: str = "", name: str = "") -> dict[str, Any]:
    """The language of the account from now on: {"account", "language"}; empty is whatever the browser asks for.

    `name`: whose, your own where left out; another's takes an administrator. `Refused`: a language nobody translated.
    """
    if language and language not in languages():
        raise Refused(f"no page is in {language!r}.", field="language", todo=f"There are: {', '.join(languages())}.")
    account = _own.account(store, name=name)
    if account.language != language:
        accounts.speak(store, id=account.id, language=language)
        store.log("account.language", account=account.id)
    return {"account": account.id, "language": language}

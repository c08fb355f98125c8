"""My account: where I am signed in, and my password."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from touchstone.core.ask import Ask
from touchstone.core.page import Block, Field, Form, Grid, Note, Page
from touchstone.show import _say
from touchstone.store import sessions

WHO = ("insider", "partner")
_BACK = Field("back", "", "/account", kind="hidden")


def show(ask: Ask) -> Page:
    """The viewer's own sessions, each of which can be ended, and the form for a new password."""
    rows = ask.record(sessions.standing(ask.now, account=ask.viewer.account))
    others = [row for row in rows if row["id"] != ask.viewer.session]
    sentence = "You are signed in here alone."
    if others:
        sentence = f"You are signed in here and in {_say.some(len(others), 'other place', 'other places')}."
    blocks = [*_sessions(rows, others, ask.viewer.session), _password()]
    return Page("account", "My account", sentence if rows else "You came without a session.", blocks=tuple(blocks))


def _sessions(rows: list[dict[str, Any]], others: list[dict[str, Any]], here: str) -> list[Block]:
    if not rows:
        return [Note("There is no session.", "empty", "Sign in with a browser, and it stands here.")]
    lines = tuple(
        (row["agent"], _at(row["created_at"]), _at(row["seen_at"]), "here" if row["id"] == here else "") for row in rows
    )
    lead = "End what you do not know, and change your password."
    grid = Grid("Where you are signed in", lead, ("browser", "since", "last seen", ""), lines)
    if not others:
        return [grid]
    choices = tuple((row["id"], f"{row['agent']}, last seen {_at(row['seen_at'])}") for row in others)
    one = Field("session", "Session", choices[0][0], choices)
    return [
        grid,
        Form("account.end_session", "", (one, _BACK), "End this session"),
        Form("account.end_session", "", (_BACK,), "End all other sessions"),
    ]


def _password() -> Form:
    fields = (
        Field("old_password", "Password until now", kind="password"),
        Field("password", "New password", kind="password", help="Twelve characters or more; a few unrelated words."),
        _BACK,
    )
    return Form("account.password", "Change my password", fields, "Change it")


def _at(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M} UTC"

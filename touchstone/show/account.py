"""My account: where I am signed in, the keys of my programs, my second factor and my password."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from touchstone.core.ask import Ask
from touchstone.core.page import Block, Field, Form, Grid, Link, Note, Page
from touchstone.core.translation import languages
from touchstone.show import _say
from touchstone.show._may import may
from touchstone.store import keys, passkeys, sessions
from touchstone.store._live_people import second_factor

WHO = ("insider", "partner", "customer")
_SCOPES = (
    ("read", "read what I may"),
    ("receive", "send interactions"),
    ("read,receive", "read, and send interactions"),
    ("read,act", "read and do what I may"),
)
_BACK = Field("back", "", "/account", kind="hidden")


def show(ask: Ask) -> Page:
    """The viewer's own sessions and keys, each of which can be ended, their second factor and password."""
    rows = ask.record(sessions.standing(ask.now, account=ask.viewer.account))
    others = [row for row in rows if row["id"] != ask.viewer.session]
    sentence = "You are signed in here alone."
    if others:
        sentence = f"You are signed in here and in {_say.some(len(others), 'other place', 'other places')}."
    blocks = _sessions(rows, others, ask.viewer.session)
    if may(ask.viewer, "key.make"):
        blocks += _keys(ask.record(keys.standing(ask.now, account=ask.viewer.account)))
    blocks += [*_factor(ask), *_passkeys(ask), _password(), *_language(ask)]
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


def _keys(rows: list[dict[str, Any]]) -> list[Block]:
    """The keys that stand, the form to end one, and the form for another."""
    fields = (
        Field("label", "What for"),
        Field("scopes", "It may", "read", _SCOPES),
        Field("days", "Days it lasts", "90", kind="number"),
        _BACK,
    )
    make = Form("key.make", "A key for a program", fields, "Make a key")
    if not rows:
        todo = "A program with a key of its own needs no password of yours, and you can end it alone."
        return [Note("No program holds a key of yours.", "empty", todo), make]
    lines = tuple(
        (row["name"], ", ".join(row["scopes"]), _at(row["created_at"]), _at(row["used_at"]), _at(row["expires_at"]))
        for row in rows
    )
    lead = "Each does what it may as you, and never more than you. A key is told once, when it is made."
    grid = Grid("Keys of your programs", lead, ("key", "may", "made", "last used", "runs out"), lines)
    one = Field("key", "Key", rows[0]["id"], tuple((row["id"], row["name"]) for row in rows))
    return [grid, Form("key.end", "", (one, _BACK), "End this key"), make]


def _factor(ask: Ask) -> list[Block]:
    """The second factor: how to begin one, how to confirm the one that waits, or how to remove the one in force."""
    title, password = "An authenticator program", Field("password", "Your password", kind="password")
    rows = ask.record(second_factor.select().where(second_factor.c.account == ask.viewer.account))
    begin = Form("second_factor.begin", title, (password, _BACK), "Begin")
    if not rows or not (rows[0]["confirmed_at"] or rows[0]["waits"]):
        todo = "An authenticator program on your phone shows a new code every half minute; a passkey asks your device."
        told = (
            "A passkey of yours is asked for beside your password."
            if rows
            else "Your password alone opens your account."
        )
        return [Note(told, "plain", todo), begin]
    if rows[0]["confirmed_at"]:
        told = f"A second factor is in force since {_at(rows[0]['confirmed_at'])}; programs of yours need a key."
        return [Note(told), Form("second_factor.remove", title, (password, _BACK), "Remove it")]
    lead = "Open the picture, scan it with your authenticator program, and type the code it shows."
    steps = Grid(title, lead, ("step", ""), (("Picture to scan", Link("QR code", "/second-factor.svg")),))
    confirm = Form("second_factor.confirm", "", (Field("code", "Code"), _BACK), "Confirm")
    return [steps, confirm, begin]


def _passkeys(ask: Ask) -> list[Block]:
    """The passkeys, each of which can be named and removed, and the form that begins another."""
    password = Field("password", "Your password", kind="password")
    rows = ask.record(passkeys.standing(account=ask.viewer.account))
    begin = Form("passkeys/begin", "Another passkey" if rows else "A passkey", (password,), "Add one")
    if not rows:
        return [begin]
    lines = tuple((row["name"], _at(row["created_at"]), _at(row["used_at"])) for row in rows)
    one = Field("passkey", "Passkey", rows[0]["id"], tuple((row["id"], row["name"]) for row in rows))
    lead = "Whoever signs in as you needs one of these devices, a code of your program or a recovery code."
    return [
        Grid("Passkeys", lead, ("passkey", "added", "last used"), lines),
        Form("passkey.rename", "", (one, Field("label", "Call it"), _BACK), "Name it"),
        Form("passkey.remove", "", (one, password, _BACK), "Remove it"),
        begin,
    ]


def _password() -> Form:
    fields = (
        Field("old_password", "Password until now", kind="password"),
        Field("password", "New password", kind="password", help="Twelve characters or more; a few unrelated words."),
        _BACK,
    )
    return Form("account.password", "Change my password", fields, "Change it")


def _language(ask: Ask) -> list[Block]:
    """The language of the viewer's pages and mails, where there is a choice."""
    if len(languages()) < 2:
        return []
    choices = (("", "as my browser asks"), *languages().items())
    one = Field("language", "Pages and mails in", ask.viewer.language, choices)
    return [Form("account.language", "My language", (one, _BACK), "Change it")]


def _at(instant: datetime | None) -> str:
    return f"{instant:%Y-%m-%d %H:%M} UTC" if instant else "never"

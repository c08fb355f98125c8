"""Inviting to surveys of our own, as every action does it: where a link leads, who is left alone, the mail."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from touchstone.rules import contacts
from touchstone.rules import surveys as rules
from touchstone.rules.pressure import pressed
from touchstone.store import outbox, surveys

WORDS = ("subject", "mail")
"""Names of what the mail says, of those that rules/surveys.py says in each language."""


def address(store: Any) -> str:
    """Where people reach this home."""
    settings = store.settings
    first = next(iter(settings.own_hosts), "")
    return str(settings.address).rstrip("/") or (f"https://{first}" if first else "http://127.0.0.1:8000")


def tired(store: Any, ids: Iterable[str], *, rest: float, often: int) -> dict[str, str]:
    """Who of these was asked or written to too lately or too often, under any of their names, and why."""
    found = {}
    for each, (last, times) in surveys.contacted(store, ids).items():
        if why := pressed((store.now - last).total_seconds() / 86400, times, rest=rest, most=often):
            found[each] = why
    return found


def mail(
    store: Any, survey: Mapping[str, Any], invited: Mapping[str, Any], person: Mapping[str, Any] | None,
    words: tuple[str, str] = WORDS, *, purpose: str = "survey",
) -> str | None:  # fmt: skip
    """The id under which an invitation's mail waits, put once: one whose making was cut short gets it the next time."""
    if person is None or invited["answered_at"] is not None or not (to := contacts.mail(person["contacts"])):
        return None
    link, language = f"{survey['address']}/s/{invited['id']}", invited["language"]
    subject, text = (rules.say(each, language) for each in words)
    return outbox.put(
        store, kind="mail", to=to, subject=subject, key=f"invitation:{invited['id']}", text=text.format(link=link),
        person=person["id"], purpose=purpose, unit=survey["unit"],
    )  # fmt: skip

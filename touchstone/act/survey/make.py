"""Make a survey: one of a ready kind or of one's own questions, for each touchpoint and unit."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any

from touchstone.act import _inviting
from touchstone.core.errors import Refused
from touchstone.core.tables import LEVELS
from touchstone.rules import surveys as rules
from touchstone.store import accounts, reach, surveys

WHO = ("insight", "contact_centre", "marketing", "partner_administrator")
_HOST = re.compile(r"(https?://)?((?!-)[a-z0-9-]{1,63}\.)*[a-z0-9-]{1,63}(:\d{1,5})?", re.ASCII)
_MOST = 1000
_NAMES = {"nps": "Recommendation (NPS)", "csat": "Satisfaction", "ces": "Effort", "rating": "Rating"}


def act(
    store: Any,
    *,
    kind: str = "nps",
    languages: Sequence[str] = ("en",),
    touchpoint: Sequence[str] = (),
    unit: Sequence[str] = (),
    name: str = "",
    questions: str | Sequence[Mapping[str, Any]] = (),
    hosts: Sequence[str] = (),
    level: str = "end_customer",
    anyone: bool = True,
) -> dict[str, Any]:
    """{"surveys": [{"id", "touchpoint", "unit", "link"}], "new"}: one for each touchpoint and unit, open at once.

    `kind` is nps, csat, ces or rating; with `questions` (a list, or its JSON) it is one's own. `hosts` are sites that
    may show it in a frame; without `anyone` it is answered by invitation alone. What is there already stays.
    """
    own = bool(questions)
    asked = rules.read(_list(questions), languages) if own else rules.ready(kind, languages)
    touchpoints, units = _touchpoints(store, touchpoint), _units(store, unit)
    if len(pairs := list(product(touchpoints, units))) > _MOST:
        raise Refused(f"more than {_MOST:,} surveys at once.", field="unit", todo="Make them in parts.")
    if level not in LEVELS:
        raise Refused(f"{level!r} is no level.", field="level", todo=f"Choose one of: {', '.join(LEVELS)}.")
    row = {
        "kind": "own" if own else kind, "questions": [each.plain for each in asked], "languages": list(languages),
        "level": level, "hosts": [_host(each) for each in hosts], "anyone": anyone, "address": _inviting.address(store),
    }  # fmt: skip
    named = name.strip()[:200] or ("Questions of our own" if own else _NAMES[kind])
    made = [surveys.make(store, row | {"name": named, "touchpoint": one, "unit": two}) for one, two in pairs]
    store.log("survey.make", surveys=[each["id"] for each, new in made if new])
    told = [
        {name: each[name] for name in ("id", "touchpoint", "unit")} | {"link": f"{each['address']}/s/{each['id']}"}
        for each, _ in made
    ]
    return {"surveys": told, "new": sum(new for _, new in made)}


def _list(questions: str | Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    try:
        found = json.loads(questions) if isinstance(questions, str) else questions
    except (ValueError, RecursionError) as error:
        raise Refused("that is no JSON.", field="questions", todo="Give a list of questions as JSON.") from error
    if isinstance(found, str | Mapping) or not isinstance(found, Sequence):
        raise Refused("that is no list.", field="questions", todo="Give a list of questions as JSON.")
    return list(found)


def _touchpoints(store: Any, names: Sequence[str]) -> list[str | None]:
    found = {name: store.taxonomy.find(name) for name in names}
    if missing := [name for name, each in found.items() if each is None]:
        raise Refused(f"there is no touchpoint {missing[0]!r}.", field="touchpoint", todo="Take one of the taxonomy's.")
    return [each.name for each in found.values()] or [None]


def _units(store: Any, ids: Sequence[str]) -> list[str | None]:
    """The units named, each the viewer's to ask about; a partner names at least one."""
    known = accounts.units(store, among=ids)
    for each in ids or (None,):
        if (each is not None and each not in known) or not reach.reaches(store, each):
            todo = "Name one of your units." if store.viewer.side == "partner" else "Take one that is there."
            raise Refused(f"there is no unit {each or ''!r}.", field="unit", todo=todo)
    return list(dict.fromkeys(ids)) or [None]


def _host(text: str) -> str:
    if not _HOST.fullmatch(text.strip().lower().rstrip("/")):
        raise Refused(f"{text!r} is no site.", field="hosts", todo="Write it as https://www.example.com.")
    host = text.strip().lower().rstrip("/")
    return host if "://" in host else f"https://{host}"

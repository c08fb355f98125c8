"""Decisions about themes: checked, kept for good, and seen at once in the themes of the last run."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from touchstone.act._journey import connected
from touchstone.core.errors import Refused
from touchstone.core.tables import CORRECTION
from touchstone.rules.themes import Edit, standing

_TOLD = """select map_extract("by", 'theme')[1] as theme, detail from metric
    where name = 'theme' and maker = 'themes@1' and cardinality("by") = 1 order by id"""
LONGEST = 80  # characters of a name


def known(store: Any) -> dict[str, dict[str, Any]]:
    """The themes that are told now: by id their detail."""
    rows = store.ask().lake(_TOLD).to_pylist()
    return {row["theme"]: json.loads(row["detail"]) for row in rows}


def theme(store: Any, id: str, *, field: str = "theme") -> dict[str, Any]:
    """The detail of the theme of this id; `Refused` where there is none."""
    if (found := known(store).get(id)) is None:
        raise Refused(f"there is no theme {id!r}.", field=field, todo="Look at the page Themes.")
    return found


def called(name: str, *, field: str = "name") -> str:
    """A name without spaces about it; `Refused` where nothing is left or it is too long."""
    plain = " ".join(name.split())
    if not plain or len(plain) > LONGEST:
        raise Refused(f"a name has 1 to {LONGEST} characters.", field=field)
    return plain


def decide(store: Any, verb: str, id: str, **change: Any) -> dict[str, Any]:
    """Keeps a decision about a theme and tells the themes anew: {"decision": id, "new": bool}.

    Said again, it is kept once. The theme's telling words are kept beside it, by which it is
    known again where nothing else is left of it.
    """
    made = store.corrections(table="theme")
    telling = known(store).get(id, {}).get("words", [])
    said = {"verb": verb, "theme": id, **change}
    last = next((each for each in reversed(standing(made)) if (each.verb, each.theme) == (verb, id)), None)
    if last is not None and all(_same(last, name, value) for name, value in change.items()):
        return {"decision": last.id, "new": False}
    return keep(store, {**said, "telling": telling})


def _same(edit: Edit, name: str, value: Any) -> bool:
    """Whether an edit says this; what is only noted beside it is no matter."""
    plain = tuple(value) if isinstance(value, list) else value
    return bool(getattr(edit, name, plain) == plain)


def keep(store: Any, change: dict[str, Any], *, again: bool = True) -> dict[str, Any]:
    """Keeps a correction of themes, logs it by ids alone and, `again`, tells the themes anew."""
    made = store.corrections(table="theme")
    written = json.dumps(change, ensure_ascii=False, sort_keys=True)
    told = "\x1f".join(("theme", written, made[-1]["id"] if made else ""))
    id = hashlib.sha256(told.encode()).hexdigest()[:32]
    row = {"id": id, "table": "theme", "change": written}
    who = {"person": store.viewer.account or None, "made_at": store.now}
    new = store.correct([{**dict.fromkeys(CORRECTION.names), **row, **who}])
    store.log(f"theme.{change.get('verb', 'undo')}", correction=id, theme=change.get("theme", ""))
    if again:
        connected(store, "themes", find=False)
    return {"decision": id, "new": bool(new)}

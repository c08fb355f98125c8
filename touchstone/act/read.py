"""Keep a person's whole reading of a text: drawn at random, it measures the machine; picked, it teaches it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from touchstone.core.errors import Refused
from touchstone.core.tables import CORRECTION

WHO = ("insight", "contact_centre")

_POLARITIES = ("positive", "negative", "neutral", "mixed")


def act(
    store: Any,
    *,
    interaction: str | None = None,
    mentions: list[dict[str, str]] | None = None,
    agreed: bool = False,
    picked: bool = False,
    file: str | Path | None = None,
) -> dict[str, int]:
    """{"read": how many readings are kept anew, "unknown": how many are about no interaction of this home}.

    One reading is an `interaction` and all its `mentions` ({"touchpoint", "polarity"}; none is a reading too; with
    `agreed`, those that it shows now); a `file` has one such JSON object a line, by `id` or `source_id`. From the next
    `run` on, sentiment is corrected for what the machine misread, overlooked or made up in these texts, and its
    intervals hold that doubt. Such texts must be drawn at random; a `picked` one would bend the figures: it only
    teaches.
    """
    if agreed:
        mentions = _shown(store, interaction)
    given = list(_lines(file)) if file else [{"id": interaction, "mentions": mentions or []}]
    ids = _ids(store, given)
    table = "example" if picked else "reading"
    rows = [_row(store, ids[_key(each)], each, table=table) for each in given if _key(each) in ids]
    kept = store.correct(rows) if rows else 0
    store.log("read", count=kept)
    return {"read": kept, "unknown": len(given) - len(rows)}


def _lines(file: str | Path) -> Iterator[dict[str, Any]]:
    path = Path(file)
    if not path.is_file():
        raise Refused("there is no such file.", field="file", where=str(path), todo="Check the path.")
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            raise Refused(
                f"line {number} is not JSON ({error.msg}).", field="file", todo="One object a line."
            ) from error
        yield row


def _key(reading: dict[str, Any]) -> str:
    return str(reading.get("id") or reading.get("source_id"))


def _ids(store: Any, given: list[dict[str, Any]]) -> dict[str, str]:
    """Each reading's key with the interaction it is about, where there is exactly one."""
    keys = sorted({_key(each) for each in given})
    sql = """
        select key, min(id) as id from (
            select id as key, id from interaction where list_contains(?, id)
            union all select source_id as key, id from interaction where list_contains(?, source_id)
        ) as found group by key having count(distinct id) = 1 order by key"""
    return {row["key"]: row["id"] for row in store.ask().lake(sql, [keys, keys]).to_pylist()}


def _shown(store: Any, interaction: str | None) -> list[dict[str, str]]:
    """What the home shows of this text now."""
    sql = "select distinct touchpoint, polarity from mention where interaction = ? order by touchpoint, polarity"
    rows: list[dict[str, str]] = store.ask().lake(sql, [interaction]).to_pylist()
    return [row for row in rows if store.taxonomy.find(row["touchpoint"]) is not None]


def _row(store: Any, id: str, reading: dict[str, Any], *, table: str) -> dict[str, Any]:
    mentions = [{"touchpoint": _touchpoint(store, each), "polarity": _polarity(each)} for each in reading["mentions"]]
    said = json.dumps({"mentions": mentions}, ensure_ascii=False, sort_keys=True)
    made = hashlib.sha256("\x1f".join((table, id, said)).encode()).hexdigest()[:32]
    who = {"person": store.viewer.account or None, "made_at": store.now}
    row = {"id": made, "table": table, "interaction": id, "change": said} | who
    return {name: row.get(name) for name in CORRECTION.names}


def _touchpoint(store: Any, mention: dict[str, str]) -> str:
    found = store.taxonomy.find(str(mention.get("touchpoint")))
    if found is None:
        raise Refused(f"{mention.get('touchpoint')!r} is no touchpoint of this home.", field="mentions")
    return str(found.name)


def _polarity(mention: dict[str, str]) -> str:
    if (polarity := mention.get("polarity")) not in _POLARITIES:
        raise Refused(f"{polarity!r} is no polarity.", field="mentions", todo=f"One of {', '.join(_POLARITIES)}.")
    return str(polarity)

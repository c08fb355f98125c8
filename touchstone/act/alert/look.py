"""Look whether anything is worth an alert: by the clock, where figures moved on, and tell whom it concerns."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from touchstone.act import _alerts, _findings
from touchstone.core.errors import Refused, Stop
from touchstone.core.viewer import Viewer
from touchstone.store import telling

WHO = ("administrator", "insight")
EVERY = timedelta(minutes=15)
_MARK = "alert.look"


def act(store: Any) -> dict[str, Any]:
    """How many alerts {"raised", "over", "told"} there are by this look; nothing is measured where nothing moved.

    Rules share the chance of error between them. A rule whose account is closed ends; one that fails says why.
    """
    counts = dict.fromkeys(("raised", "over", "told"), 0)
    rules = [(row, viewer) for row in telling.standing(store, "rule") if (viewer := _viewer(store, row)) is not None]
    mark = " ".join([telling.moved(store), *(f"{row['id']}:{row['version']}" for row, _ in rules)])
    if rules and mark != store.chosen(_MARK):
        for row, viewer in rules:
            _look(store, row, viewer, len(rules), counts)
        store.choose(_MARK, mark)
    counts["told"] = _alerts.tell(store, telling.standing(store, "rule"))
    if any(counts.values()):
        store.log("alert.look", **counts)
    return counts


def _viewer(store: Any, rule: Mapping[str, Any]) -> Viewer | None:
    """As whom it looks; a rule whose account is closed ends."""
    viewer = telling.viewer_of(store, rule["account"])
    if viewer is None:
        telling.change(store, "rule", rule, ended_at=store.now, reason="the account is closed")
    return viewer


def _look(store: Any, rule: Mapping[str, Any], viewer: Viewer, rules: int, counts: dict[str, int]) -> None:
    try:
        looked = _findings.found(store, rule, viewer, rules=rules)
    except (Refused, Stop) as error:  # a unit or column that is gone, say: the others are looked at all the same
        telling.change(store, "rule", rule, reason=f"cannot be looked at: {error.what}")
        return
    on = {row["key"]: row for row in telling.standing(store, "alert", rule=rule["id"])}
    lasting = set()
    for each in looked:
        if each.key in on:
            if each.lasts(rule):
                lasting.add(each.key)
                telling.change(store, "alert", on[each.key], **_figure(each), looked_at=store.now)
        elif each.news(rule, comparisons=len(looked) * rules):
            counts["raised"] += telling.keep(store, "alert", _alert(store, rule, each))
            lasting.add(each.key)
    for key in sorted(set(on) - lasting):
        if rule["measure"] != "words":  # those are over once they were told
            counts["over"] += telling.change(store, "alert", on[key], over_at=store.now)
    if rule["measure"] == "words" and (last := _findings.last_heard(store.ask(viewer))) > rule["seen"]:
        telling.change(store, "rule", rule, seen=last)


def _alert(store: Any, rule: Mapping[str, Any], each: _findings.Found) -> dict[str, Any]:
    now = store.now
    return {
        "id": telling.named("alert", rule["id"], each.key, now.isoformat()), "rule": rule["id"], "unit": rule["unit"],
        "key": each.key, "by": each.by, "interactions": list(each.interactions), "since": now, "looked_at": now,
        "told_at": None, "over_at": None, "seen_at": None, "useful": None, **_figure(each),
    }  # fmt: skip


def _figure(each: _findings.Found) -> dict[str, Any]:
    names = ("figure", "value", "low", "high", "n", "measured_in", "why")
    return {name: getattr(each, name) for name in names}

"""What a rule finds: figures with their doubt, changes that were alarmed of, or words that arrived."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from touchstone.core import finder
from touchstone.rules import alerting

FRESH = timedelta(days=35)
"""How long a change is news after it was alarmed of."""
WORDS = ("kind", "urgency", "emotion")
"""Layers of what is understood of a text that a rule may wait for."""
_HEARD = f"""select s.interaction, s.seq from signal s where s.seq > ? and s.label = ?
    and s.layer in ({", ".join(f"'{each}'" for each in WORDS)}) order by s.seq"""


@dataclass(frozen=True)
class Found:
    """One thing a rule looks at. `key` is the same as long as it is the same finding."""

    key: str
    by: dict[str, str]
    figure: str
    value: float | None
    low: float | None
    high: float | None
    n: int
    measured_in: str
    why: str = ""
    interactions: tuple[str, ...] = ()

    def news(self, rule: Mapping[str, Any], *, comparisons: int) -> bool:
        """Whether it is worth an alert of this rule, among all that is looked at."""
        if rule["measure"] in ("words", "change"):
            return True
        stretch = alerting.widened(self.n, comparisons=comparisons, raised=rule["raised"])
        return self._beyond(rule, stretch)

    def lasts(self, rule: Mapping[str, Any]) -> bool:
        """Whether an alert of it that is on stays on: leaving takes less than entering, so that none flutters."""
        return rule["measure"] == "change" or (rule["measure"] != "words" and self._beyond(rule, 1.0))

    def _beyond(self, rule: Mapping[str, Any], stretch: float) -> bool:
        return alerting.beyond(
            self.value, self.low, self.high, threshold=rule["threshold"], above=bool(rule["above"]), stretch=stretch
        )


def found(store: Any, rule: Mapping[str, Any], viewer: Any, *, rules: int = 1) -> list[Found]:
    """All that the rule looks at now, with the rights of `viewer`; `rules` are looked at beside each other."""
    ask = store.ask(viewer)
    if rule["measure"] == "change":
        return _changes(ask, rule, alerting.ALPHA / max(rules, 1) / 2 ** rule["raised"])
    if rule["measure"] == "words":
        return _heard(ask, rule)
    return _figures(ask, rule)


def _figures(ask: Any, rule: Mapping[str, Any]) -> list[Found]:
    since = (ask.now - timedelta(days=rule["days"])).date() if rule["days"] else None
    measure = finder.verb("measure", rule["measure"])
    rows = measure(ask, by=tuple(rule["by"]), where=rule["where"] or None, since=since).to_pylist()
    return [_of(rule["measure"], row) for row in rows]


def _of(figure: str, row: Mapping[str, Any], *, key: str = "", why: str = "") -> Found:
    by = dict(row["by"] or ())
    told = [f"{name}={value}" for name, value in sorted(by.items())]
    measured_in = row["measured_in"] or ""
    limits = row["value"], row["low"], row["high"], int(row["n"] or 0)
    return Found("|".join([figure, *told, measured_in, key]), by, figure, *limits, measured_in, why)


def _changes(ask: Any, rule: Mapping[str, Any], alpha: float) -> list[Found]:
    """Alarms that are news still, where the chance of any by chance is `alpha` for all series of the rule together."""
    since = (ask.now - FRESH).date().isoformat()
    measure = finder.verb("measure", "change")
    told = measure(ask, by=tuple(rule["by"]), figure=rule["says"], where=rule["where"] or None, family="all",
                   alpha=alpha)  # fmt: skip
    rows = []
    for row in told.to_pylist():
        detail = json.loads(row["detail"] or "{}")
        if detail.get("alarm") and detail["alarm_at"] >= since:
            why = (
                f"Since {detail['changed_at']} it is {detail['mean_since']:.3g}, before it was "
                f"{detail['mean_before']:.3g}; alarmed of on {detail['alarm_at']} after {detail['looks']} looks."
            )
            rows.append(_of(detail["figure"], row, key=detail["changed_at"], why=why))
    return rows


def _heard(ask: Any, rule: Mapping[str, Any]) -> list[Found]:
    rows = ask.lake(_HEARD, [rule["seen"], rule["says"]]).to_pylist()
    ids = list(dict.fromkeys(row["interaction"] for row in rows))
    if not ids:
        return []
    key = f"words|{rule['says']}|{rows[-1]['seq']}"
    return [Found(key, {}, rule["says"], float(len(ids)), None, None, len(ids), "messages", "", tuple(ids[:20]))]


def last_heard(ask: Any) -> int:
    """The seq of what was understood last."""
    return int(ask.lake("select coalesce(max(seq), 0) as seq from signal")["seq"][0].as_py())

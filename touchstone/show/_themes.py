"""Themes as a page tells them: their figures, how they move, who decided what about them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from touchstone.core.ask import Ask
from touchstone.core.page import Estimate, Words
from touchstone.rules.themes import standing
from touchstone.show import _stored, _voices, _words
from touchstone.show._stored import Figure

_DECIDED = """select id, "table", change, name, made_at from correction where "table" = 'theme' order by seq"""
_SAID = f"""select 0 as start, 0 as stop, {_words.FIELDS} from words i {_words.JOINED}
    where i.id in (select l."left" from link l where l.layer = 'theme' and l."right" = ?)
    order by md5(i.id || ?), i.id limit ?"""
_SHOWN = 6
_VAGUE = 20  # times: above it the upper limit says that hardly anybody said it before
_VERBS = {
    "rename": "called",
    "merge": "merged",
    "split": "split",
    "dismiss": "dismissed",
    "promote": "made a touchpoint",
}


@dataclass(frozen=True)
class Theme:
    """One theme: its id, its name and the figure it stands on."""

    id: str
    figure: Figure

    @property
    def name(self) -> str:
        return str(self.figure.detail.get("name") or self.id)

    @property
    def texts(self) -> int:
        return int(self.figure.detail.get("texts") or 0)

    @property
    def promoted(self) -> str:
        """The touchpoint it has become; empty where it is none."""
        return str(self.figure.detail.get("promoted") or "")

    @property
    def moving(self) -> str:
        """growing, fading or empty where chance explains it."""
        growth = self.figure.detail.get("growth")
        if not growth or not growth["real"]:
            return ""
        return "growing" if growth["ratio"] > 1 else "fading"

    @property
    def address(self) -> str:
        return f"/themes?theme={quote(self.id)}"


def themes(ask: Ask) -> list[Theme]:
    """All themes, the most frequent first."""
    found = [Theme(each.by["theme"], each) for each in _stored.stored(ask, "theme", ("theme",)) if "theme" in each.by]
    return sorted(found, key=lambda each: (-each.texts, each.id))


def share(theme: Theme, *, ceiling: float) -> Estimate:
    """The share of texts that speak of it, as an estimate that opens."""
    figure = theme.figure
    return Estimate(
        f"“{theme.name}”", figure.value, figure.low, figure.high, figure.n, "share of texts", floor=0.0,
        ceiling=ceiling, middle=None, formula=str(figure.detail.get("formula", "")), counted="texts",
        href=theme.address,
    )  # fmt: skip


def movement(theme: Theme) -> str:
    """How its share in the later half of the time compares with the earlier, with limits."""
    growth = theme.figure.detail.get("growth")
    if not growth:
        return "undated"
    if growth["real"] and growth["high"] > _VAGUE:
        return f"{theme.moving}, at least ×{growth['low']:.1f}"
    told = f"×{growth['ratio']:.1f} ({growth['low']:.1f} to {growth['high']:.1f})"
    return f"{theme.moving or 'no real change'}, {told}"


def months(ask: Ask, theme: Theme) -> list[Figure]:
    """Its share month by month."""
    return [each for each in _stored.stored(ask, "theme", ("month", "theme")) if each.by.get("theme") == theme.id]


def words(ask: Ask, theme: Theme) -> Words:
    """Some of its texts, drawn at random."""
    rows = ask.lake(_SAID, [theme.id, str(ask.seed), _SHOWN]).to_pylist()
    return Words("In their words", tuple(_voices.verbatim(row) for row in rows), theme.texts, ask.seed)


def decided(ask: Ask) -> list[tuple[str, str, str, str]]:
    """Decisions that stand, the latest first: id, what was decided, by whom, and when."""
    rows = ask.lake(_DECIDED).to_pylist()
    stands = {each.id: each for each in standing(rows)}
    return [
        (row["id"], _said(json.loads(row["change"])), row["name"] or "somebody", f"{row['made_at']:%Y-%m-%d}")
        for row in reversed(rows)
        if row["id"] in stands
    ]


def _said(change: dict[str, Any]) -> str:
    what = change.get("name") or change.get("touchpoint") or ", ".join(change.get("words") or ())
    theme = ", ".join((change.get("telling") or [])[:3]) or change["theme"]
    return f"{theme}: {_VERBS[change['verb']]}{' ' + what if what else ''}"

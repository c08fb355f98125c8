"""The streak's geometry, the excerpt of a verbatim and safe addresses: what templates need but should not compute."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass, fields
from typing import Any
from urllib.parse import urlsplit

from touchstone.core.page import Estimate, Verbatim


@dataclass(frozen=True)
class Streak:
    """Places in per cent of the width: the estimate's tick, its interval, the middle; `strength` 0 to 1."""

    tick: float
    left: float
    width: float
    middle: float | None
    strength: float


def streak(estimate: Estimate) -> Streak | None:
    """Where a streak lies: its place the value, its width the interval, its strength how much stands behind it."""
    if estimate.value is None or not math.isfinite(estimate.value) or estimate.ceiling == estimate.floor:
        return None
    low = estimate.value if estimate.low is None else estimate.low
    high = estimate.value if estimate.high is None else estimate.high
    left, right = sorted((_place(low, estimate), _place(high, estimate)))
    middle = None if estimate.middle is None else _place(estimate.middle, estimate)
    strength = min(0.9, 0.3 + 0.18 * math.log10(max(estimate.n, 1)))
    return Streak(_place(estimate.value, estimate), left, max(round(right - left, 2), 1.2), middle, round(strength, 2))


def _place(value: float, estimate: Estimate) -> float:
    share = (value - estimate.floor) / (estimate.ceiling - estimate.floor)
    return round(100 * min(1.0, max(0.0, share)), 2)


def opener(estimate: Estimate) -> str:
    """The id of what an estimate opens to: the same estimate twice on a page opens the same."""
    return "f-" + hashlib.sha256(repr(estimate).encode()).hexdigest()[:12]


@dataclass(frozen=True)
class Excerpt:
    """A verbatim cut at words around the span that speaks; `cut` says that more stands in the source."""

    before: str
    span: str
    after: str
    cut: bool


def excerpt(verbatim: Verbatim, length: int = 300) -> Excerpt:
    """The words around the span, unedited; what is left out at either end shows as an ellipsis."""
    text = verbatim.text
    start, stop = (min(max(0, place), len(text)) for place in (verbatim.start, verbatim.stop))
    if stop <= start or (start, stop) == (0, len(text)):
        start = stop = 0
    if len(text) <= length:
        return Excerpt(text[:start], text[start:stop], text[stop:], cut=False)
    stop = min(stop, start + length)
    room = max(length - (stop - start), 0)
    left = _word_start(text, max(0, start - room // 2))
    right = _word_stop(text, min(len(text), max(stop, left + length)))
    before = ("… " if left else "") + text[left:start]
    after = text[stop:right] + (" …" if right < len(text) else "")
    return Excerpt(before, text[start:stop], after, cut=True)


def _word_start(text: str, place: int) -> int:
    gap = text.find(" ", place, place + 40)
    return place if place == 0 or gap < 0 else gap + 1


def _word_stop(text: str, place: int) -> int:
    gap = text.rfind(" ", max(0, place - 40), place)
    return place if place >= len(text) or gap < 0 else gap


def address(url: str) -> str:
    """The address when it is http or https with a host, else nothing: customers' text never becomes a script."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return ""
    return url.strip() if parts.scheme in ("http", "https") and parts.netloc else ""


def plain(thing: Any) -> Any:
    """A page or block as plain data for JSON: dataclasses named by `block`, and never a NaN."""
    if isinstance(thing, float):
        return thing if math.isfinite(thing) else None
    if isinstance(thing, dict):
        return {str(key): plain(value) for key, value in thing.items()}
    if isinstance(thing, (list, tuple, set, frozenset)):
        return [plain(each) for each in thing]
    if hasattr(thing, "__dataclass_fields__"):
        found = {each.name: plain(getattr(thing, each.name)) for each in fields(thing)}
        return {"block": type(thing).__name__.lower(), **found}
    return thing if isinstance(thing, (str, int, bool, type(None))) else str(thing)

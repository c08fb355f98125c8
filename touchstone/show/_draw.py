"""Draws a Vega-Lite specification as SVG: once per content, its colours the tokens of the page, light and dark."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import Any

from touchstone.core.page import Chart
from touchstone.show._drawer import Drawers

FONTS = Path(__file__).parent / "static" / "fonts"
SIZES = {"wide": (1040, 340), "narrow": (420, 290), "paper": (680, 250)}
SERVED = tuple(SIZES)[:2]
"""The forms of a chart on a page, of which the second alone stands in half its width."""
LIGHT = {
    "paper": "#faf8f4", "ink": "#23272b", "mute": "#5f656b", "line": "#e6e0d4", "edge": "#8f8a7e", "band": "#efe9dc",
    "dot": "#9aa0a4", "gold": "#8a6212", "good": "#226b5d", "mid": "#63685f", "bad": "#a63d32",
}  # fmt: skip
"""The light colours of the stylesheet's tokens: what specifications name, and what the paper is printed with."""
CONFIG = {
    "background": None,
    "font": "Inter",
    "aria": False,  # the drawing has a name of its own, and its figures stand beside it
    "view": {"stroke": None},
    "axis": {
        "labelColor": LIGHT["mute"], "titleColor": LIGHT["mute"], "labelFontSize": 12, "titleFontSize": 12,
        "titleFontWeight": "normal", "domain": False, "ticks": False, "grid": False, "labelPadding": 6,
    },
    "text": {"fontSize": 12, "color": LIGHT["mute"]},
}  # fmt: skip


def svg(chart: Chart, *, form: str = "wide") -> str:
    """The chart as an SVG element named by its title; colours are `var(--token)`, so one drawing serves every theme."""
    text = picture(chart, form=form)
    for token, colour in LIGHT.items():
        text = text.replace(colour, f"var(--{token})")
    text = re.sub(r'(<\w+ [^<>]*?) role="graphics-\w+" aria-roledescription="[a-z ]+"', r"\1", text)
    label = re.sub(r'[<>&"]', " ", f"{chart.title} {chart.lead}".strip())
    return re.sub(r"<svg [^>]*?(viewBox=\"[^\"]*\")[^>]*>", rf'<svg \1 role="img" aria-label="{label}">', text, count=1)


def picture(chart: Chart, *, form: str = "wide") -> str:
    """The chart as an SVG file of its own in the light colours: for paper."""
    width, height = SIZES[form]
    sized = {"width": width, "height": height, **fitted(chosen(chart.specification, form))}
    text = json.dumps(sized, sort_keys=True, allow_nan=False)
    return _drawn(hashlib.sha256(text.encode()).hexdigest(), text)


def fitted(specification: dict[str, Any]) -> dict[str, Any]:
    """The specification with the house's look, drawn to fit whatever size it is given."""
    config = {**CONFIG, **specification.get("config", {})}  # of its own: how its language writes numbers
    return {**specification, "autosize": {"type": "fit", "contains": "padding"}, "config": config}


def chosen(specification: dict[str, Any], form: str) -> dict[str, Any]:
    """The specification for a form: `usermeta` may hold other data for the narrow one, where fewer labels fit."""
    other = specification.get("usermeta", {}).get(form, {})
    return {**{key: each for key, each in specification.items() if key != "usermeta"}, **other}


def apart() -> None:
    """From now on charts are drawn by processes of their own, so that nobody else waits for one meanwhile."""
    if not _drawers:
        _drawers.append(Drawers(_AT_ONCE))


def ahead(wanted: Sequence[tuple[Chart, str]]) -> None:
    """Draws charts, each in a form, at once where they are drawn apart, so that the page finds them drawn."""
    if _drawers and len(wanted) > 1:
        with ThreadPoolExecutor(_AT_ONCE) as hands:
            for _ in hands.map(lambda one: picture(one[0], form=one[1]), wanted):
                pass


_AT_ONCE = 2  # charts drawn at once
_drawers: list[Drawers] = []  # of this process: none, but in a server


@lru_cache(maxsize=256)
def _drawn(_key: str, text: str) -> str:
    elsewhere = _drawers[0].draw(text) if _drawers else None
    return drawn_here(text) if elsewhere is None else elsewhere


def drawn_here(text: str) -> str:
    """The specification as SVG, drawn in this process, whose other threads stand still meanwhile."""
    import vl_convert

    _fonts()
    made: str = vl_convert.vegalite_to_svg(json.loads(text))
    return made


@lru_cache(maxsize=1)
def _fonts() -> None:
    import vl_convert

    vl_convert.register_font_directory(str(FONTS))

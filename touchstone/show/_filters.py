"""What templates call on figures, verbatims and blocks, by name."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from markupsafe import Markup

from touchstone.core import finder
from touchstone.core.page import Chart, Estimate, Field, Grid, Streaks, Verbatim, Voice, Words
from touchstone.core.translation import ENGLISH, said
from touchstone.show import _draw, _marks, _say, _ties, _voices


def headline(estimate: Estimate) -> str:
    """The large words of a card: the figure, or that there is no real change."""
    if estimate.value is not None and estimate.measured_in.startswith("change") and estimate.verdict == "open":
        return "no real change"
    return _say.value(estimate)


def doubt(estimate: Estimate) -> str:
    """The small line of a card: interval and n, or why there is no figure."""
    if estimate.value is None:
        return estimate.why or "too few answers to tell"
    shown = [] if headline(estimate) == _say.value(estimate) else [_say.value(estimate)]
    parts = [*shown, _say.interval(estimate), _say.basis(estimate)]
    return " · ".join(part for part in parts if part)


def bound(end: float, estimate: Estimate) -> str:
    """An end of the scale, as short as it can be said."""
    if "share" in estimate.measured_in:
        return _say.number(end, measured_in="share", signed=_say.signed(estimate))
    text = f"{end:+.3g}" if _say.signed(estimate) and end else f"{end:.3g}"
    return text.replace("-", "−")


def origin(verbatim: Verbatim) -> list[str]:
    """Where a verbatim comes from, as parts: touchpoint, unit, source, day."""
    parts = (verbatim.touchpoint, verbatim.unit, verbatim.source, verbatim.occurred_at[:10])
    return [part for part in parts if part]


def drawn(words: Words) -> str:
    """How the words were chosen: at random, out of how many, with which seed."""
    if not words.verbatims:
        return "There are no words to draw from here."
    shown, total = len(words.verbatims), _say.count(words.total)
    if words.total <= shown:
        return f"All {total} there are."
    return f"{_say.word(shown).capitalize()} of {total}, drawn at random (seed {words.seed}). Not chosen by us."


def ranked(block: Streaks) -> bool:
    """Whether any of its estimates carries a rank."""
    return any(each.rank for _, group in block.groups for each in group)


def first_estimate(block: Streaks) -> Estimate | None:
    """The first estimate, whose scale heads the column; None when scales differ, for then no head is true of all."""
    every = [each for _, group in block.groups for each in group]
    scales = {(each.floor, each.ceiling, each.measured_in) for each in every}
    return every[0] if len(scales) == 1 else None


_FIGURE = r"[−+]?[\d.,]+(\u00a0(%|\w+))?"


_EMPTY = ("", "–", None)


def numeric(grid: Grid) -> set[int]:
    """Columns that hold figures: they stand to the right."""
    columns = {place: [row[place] for row in grid.rows] for place in range(len(grid.columns))}
    return {
        place for place, own in columns.items() if all(map(_figure, own)) and any(each not in _EMPTY for each in own)
    }


def is_day(content: Any) -> bool:
    """Whether a cell holds a day or an instant, which is not to be parted at its hyphens."""
    return isinstance(content, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}( [\d:]+)?( UTC)?", content) is not None


def _figure(content: Any) -> bool:
    """Whether a cell holds a figure, as such or as text."""
    if isinstance(content, str):
        return re.fullmatch(rf"({_FIGURE}( \w+ {_FIGURE})?)?|–", content) is not None
    return content is None or isinstance(content, (int, float, Estimate))


def plain_number(content: float) -> str:
    """A bare number of a table: whole where it is whole."""
    whole = isinstance(content, int) or float(content).is_integer()
    return _say.count(content) if whole else _say.number(float(content))


def emphasis(sentence: str, accent: str) -> tuple[str, str, str]:
    """The sentence before, at and after the words that carry it."""
    before, found, after = sentence.partition(accent) if accent else (sentence, "", "")
    return before, found, after


def bare(number: float) -> str:
    """A number as an input takes it."""
    return f"{number:.12g}"


def slid(field: Field) -> str:
    """What stands beside a slider where it is."""
    value = float(field.value or 0.0)
    if field.last and field.within is not None and value >= field.within[1]:
        return field.last
    return field.told.replace("#", f"{value:,.0f}")


def kind(block: Any) -> str:
    """The name of a block's kind."""
    return type(block).__name__.lower()


def safe_json(thing: Any) -> Markup:
    """JSON that cannot end the script element it stands in."""
    text = json.dumps(_marks.plain(thing), ensure_ascii=False, allow_nan=False)
    return Markup(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))


def live(chart: Chart) -> Markup:
    """The specification as the browser draws it when somebody turns to the chart."""
    return safe_json(_draw.fitted(chart.specification))


def drawing(chart: Chart, form: str) -> Markup:
    """The chart as SVG, wide or narrow, its colours the tokens of the page."""
    return Markup(_draw.svg(chart, form=form))


def action(name: str) -> str:
    """Where a form sends: `act/name` for the actions of the house, its own name for what a door offers itself."""
    return f"act/{name}" if name in finder.names("act") else name


def share(number: float) -> str:
    """A probability as a percentage."""
    return _say.number(number, measured_in="share")


def tone(polarity: str) -> str:
    """What a polarity is called beside a customer's words."""
    return _voices.TONES.get(polarity, polarity)


def as_picture(svg: str) -> str:
    """An SVG of ours as an address that loads nothing."""
    return f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"


SPOKEN = {
    "bound", "called", "count", "doubt", "drawn", "figure", "headline", "interval", "likely", "named", "plain_number",
    "said", "scale", "share", "slid", "tied", "tone",
}  # fmt: skip
"""Filters that make words or numbers of ours: these follow the language."""


def spoken(language: str) -> dict[str, Callable[..., Any]]:
    """The filters as a page in `language` calls them."""
    if language == ENGLISH:
        return FILTERS

    def says(name: str) -> Callable[..., str]:
        return lambda *given: said(str(FILTERS[name](*given)), language)

    def aloud(estimate: Estimate) -> str:
        told = said(_say.aloud(replace(estimate, label="")), language)  # the label is said already, or is a name
        return ", ".join(part for part in (estimate.label, told) if part)

    def places(verbatim: Verbatim) -> list[str]:
        return origin(replace(verbatim, touchpoint=said(verbatim.touchpoint, language)))

    def pieces(voice: Voice) -> list[tuple[str, str, str]]:
        return [(words, polarity, said(told, language)) for words, polarity, told in _voices.marked(voice)]

    return FILTERS | {name: says(name) for name in SPOKEN} | {"aloud": aloud, "origin": places, "marked": pieces}


FILTERS: dict[str, Callable[..., Any]] = {
    "action": action,
    "address": _marks.address,
    "as_picture": as_picture,
    "aloud": _say.aloud,
    "bare": bare,
    "basis": _say.basis,
    "bound": bound,
    "called": _voices.called,
    "count": _say.count,
    "denies": _voices.denies,
    "doubt": doubt,
    "drawing": drawing,
    "drawn": drawn,
    "emphasis": emphasis,
    "excerpt": _marks.excerpt,
    "figure": _say.value,
    "first_estimate": first_estimate,
    "headline": headline,
    "interval": _say.interval,
    "kind": kind,
    "likely": _ties.likely,
    "live": live,
    "marked": _voices.marked,
    "named": _say.named,
    "numeric": numeric,
    "origin": origin,
    "plain_number": plain_number,
    "quoted": _voices.quoted,
    "ranked": ranked,
    "said": str,
    "scale": _say.scale,
    "safe_json": safe_json,
    "share": share,
    "states": _voices.states,
    "slid": slid,
    "streak": _marks.streak,
    "tone": tone,
    "tied": lambda layer: _ties.LAYERS.get(layer, layer),
    "turns": _voices.turns,
}

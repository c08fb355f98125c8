"""The report on paper: what typst needs, as plain data; no text of a customer ever becomes markup."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from touchstone.core.errors import Stop
from touchstone.core.page import (
    BETWEEN,
    Block,
    Cards,
    Chart,
    Choice,
    Estimate,
    Grid,
    Note,
    Page,
    Ranking,
    Streaks,
    Verbatim,
    Words,
)
from touchstone.core.translation import ENGLISH, languages, said
from touchstone.show import _draw, _filters, _marks, _say

PRINTED = {
    "intervals": "intervals are 95 %", "seed": "verbatims drawn with seed", "score": "score", "rank": "rank",
    "source": "at its source", "how": "How the figures are made",
    "once": "Each formula once. In the HTML report every figure opens to its own.",
}  # fmt: skip
"""What the template itself says."""
PUT_TOGETHER = ("headline", "value", "doubt", "interval", "limits", "n", "rest", "drawn", "text", "rows", "origin")
"""Slots whose texts are put together here, out of parts."""
TEMPLATE = Path(__file__).parent / "templates" / "report.typ"
MOST = 20  # lines of one group on paper; the rest is in the HTML report
PICTURES = ("streaks", "ranking", "chart", "grid")
"""What a chapter may show that another has shown already."""


def pdf(pages: Sequence[Page], *, about: Sequence[str], meta: Mapping[str, Any], language: str = ENGLISH) -> bytes:
    """The pages as one A4 PDF; a Stop where typst is not installed."""
    try:
        import typst
    except ImportError as error:
        raise Stop("a PDF needs typst.", todo="Install it: pip install 'touchstone-cx[pdf]'.") from error
    content = {
        "about": [said(part, language) for part in about],
        "language": language,
        "words": {key: said(text, language) for key, text in PRINTED.items()},
        "seed": str(meta.get("seed", "")),
        "pages": _spoken(_once([_page(each) for each in pages]), language),
        "formulas": [[formula, said(measured_in, language)] for formula, measured_in in _formulas(pages)],
    }
    data = json.dumps(content, ensure_ascii=False, allow_nan=False)
    made = typst.compile(str(TEMPLATE), font_paths=[str(_draw.FONTS)], sys_inputs={"data": data})
    return bytes(made)


def _spoken(part: Any, language: str, slot: str = "") -> Any:
    """What paper is told, with what was put together for it said in the language; never what customers wrote."""
    if isinstance(part, dict):
        return {key: _spoken(each, language, key) for key, each in part.items()}
    if isinstance(part, list):
        return [_spoken(each, language, slot) for each in part]
    return said(part, language) if isinstance(part, str) and slot in PUT_TOGETHER else part


def _page(page: Page) -> dict[str, Any]:
    return {
        "title": page.title,
        "sentence": list(_filters.emphasis(page.sentence, page.accent)),
        "lead": page.lead,
        "blocks": [made for block in page.blocks if (made := _block(block)) is not None],
    }


def _once(pages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The pages with each picture and table drawn once; where it comes again, a line says under which title it was."""
    seen: dict[str, str] = {}
    for page in pages:
        for place, block in enumerate(page["blocks"]):
            title, drawn = block["title"], json.dumps({**block, "title": "", "lead": ""})
            if drawn in seen and block["kind"] in PICTURES:
                where = "" if seen[drawn] == title else f", under “{seen[drawn]}”"
                page["blocks"][place] = {"kind": "note", "text": f"{title}: shown above{where}.", "todo": ""}
            seen.setdefault(drawn, title)
    return pages


def _block(block: Block) -> dict[str, Any] | None:
    """One block as data for paper; forms and filters have no place there."""
    drawn = DRAWN.get(type(block))
    return None if drawn is None else {"kind": _filters.kind(block), **_heading(block), **drawn(block)}


def _heading(block: Any) -> dict[str, str]:
    return {name: getattr(block, name, "") for name in ("title", "lead")}


def _streaks(block: Streaks) -> dict[str, Any]:
    groups = [_group(title, estimates) for title, estimates in block.groups]
    return {"counted": block.count_label, "ranked": _filters.ranked(block), "ends": _ends(block), "groups": groups}


def _figure(estimate: Estimate) -> dict[str, Any]:
    mark = _marks.streak(estimate)
    rank = estimate.rank
    return {
        "label": estimate.label,
        "headline": _filters.headline(estimate),
        "value": _say.value(estimate),
        "doubt": _filters.doubt(estimate),
        "interval": _say.interval(estimate),
        "limits": _say.limits(estimate).replace(" and ", " to "),
        "n": _say.count(estimate.n),
        "tone": estimate.verdict,
        "rank": f"{rank[0]} ({rank[1]}–{rank[2]})" if rank else "",
        "streak": None if mark is None else {
            "tick": mark.tick, "left": mark.left, "width": mark.width, "middle": mark.middle, "strength": mark.strength,
        },
    }  # fmt: skip


def _ends(block: Streaks) -> list[str]:
    first = _filters.first_estimate(block)
    return [_filters.bound(end, first) for end in (first.floor, first.ceiling)] if first else ["", ""]


def _group(title: str, estimates: Sequence[Estimate]) -> dict[str, Any]:
    rest = len(estimates) - MOST
    return {
        "title": title,
        "lines": [_figure(each) for each in estimates[:MOST]],
        "rest": f"{_say.count(rest)} more in the HTML report" if rest > 0 else "",
    }


def _choice(choice: Choice) -> dict[str, Any]:
    return {"title": choice.title, "where": choice.where, "reason": choice.reason, "figure": _figure(choice.estimate)}


def _quotes(words: Words) -> list[dict[str, str]]:
    return [_quote(each) for each in words.verbatims]


def _quote(verbatim: Verbatim) -> dict[str, str]:
    cut = _marks.excerpt(verbatim, 600)
    return {
        "before": cut.before, "span": cut.span, "after": cut.after,
        "origin": " · ".join(_filters.origin(verbatim)), "url": _marks.address(verbatim.url),
    }  # fmt: skip


def _table(grid: Grid) -> dict[str, Any]:
    """The table without lines that have no estimate; of one that a screen folds, the first lines."""
    told = [row for row in grid.rows if not _unknown(row)]
    rows = told[:MOST] if grid.folded else told
    left = [f"{_say.count(len(told) - len(rows))} more in the HTML report"] if len(rows) < len(told) else []
    left += [f"{_say.count(len(grid.rows) - len(told))} without an estimate"] if len(told) < len(grid.rows) else []
    return {
        "columns": list(grid.columns),
        "right": sorted(_filters.numeric(grid)),
        "rows": [
            [
                _cell(content, doubt=not {BETWEEN, *(said(BETWEEN, each) for each in languages())} & set(grid.columns))
                for content in row
            ]
            for row in rows
        ],
        "rest": "; ".join(left),
    }


def _unknown(row: Sequence[Any]) -> bool:
    """Whether a line has figures, and no estimate among them."""
    figures = [each for each in row if isinstance(each, Estimate)]
    return bool(figures) and all(each.value is None for each in figures)


def _cell(content: Any, *, doubt: bool) -> str:
    """A cell as text; a figure with its interval, where no column of the table says it."""
    if isinstance(content, Estimate):
        return f"{_say.value(content)} {_say.interval(content) if doubt else ''}".strip()
    if isinstance(content, (int, float)):
        return _filters.plain_number(content)
    return "–" if content is None else str(content)


DRAWN: dict[type, Callable[[Any], dict[str, Any]]] = {
    Cards: lambda block: {"figures": [_figure(each) for each in block.figures]},
    Streaks: _streaks,
    Ranking: lambda block: {"choices": [_choice(each) for each in block.choices[:MOST]]},
    Chart: lambda block: {"svg": _draw.picture(block, form="paper")},
    Words: lambda block: {"drawn": _filters.drawn(block), "verbatims": _quotes(block)},
    Grid: _table,
    Note: lambda block: {"text": block.text, "todo": block.todo},
}


def _formulas(pages: Sequence[Page]) -> list[list[str]]:
    """Each formula once, with what it is measured in: what a figure opens to on a screen, paper lists at its end."""
    found: dict[str, str] = {}
    for page in pages:
        for estimate in _estimates(page):
            if estimate.formula:
                found.setdefault(estimate.formula, _say.scale(estimate.measured_in))
    return [[formula, measured_in] for formula, measured_in in found.items()]


def _estimates(page: Page) -> list[Estimate]:
    found: list[Estimate] = []
    for block in page.blocks:
        match block:
            case Cards() | Chart():
                found += block.figures
            case Streaks():
                found += [each for _, group in block.groups for each in group]
            case Ranking():
                found += [each.estimate for each in block.choices]
            case _:
                pass
    return found

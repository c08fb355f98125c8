"""A page as HTML, a report as one file that loads nothing, a report as PDF, and a page as plain data."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import jinja2
from markupsafe import Markup

from touchstone.core import finder
from touchstone.core.page import Block, Chart, Estimate, Filters, Form, Link, Page, Ranking, Streaks, Words
from touchstone.core.translated import translated
from touchstone.core.translation import ENGLISH, languages, said
from touchstone.core.viewer import Viewer
from touchstone.rules import who
from touchstone.show import _marks, _say
from touchstone.show._draw import LIGHT, SERVED, ahead
from touchstone.show._may import may

HERE = Path(__file__).parent
STATIC = HERE / "static"
FONTS = (("Inter", "inter"), ("Source Serif 4", "source-serif-4"))
SHORT = 18  # touchpoints that leave room for words below them
LATIN = "U+0000-00FF, U+0131, U+0152-0153, U+02BB-02BC, U+02C6, U+02DA, U+02DC, U+2000-206F, U+20AC, U+2122, U+2212"
LATIN_EXTENDED = "U+0100-017F, U+0218-021B, U+1E9E, U+20B9-20BD"


def html(
    page: Page, *, viewer: Viewer, base: str = "", brand: str = "", token: str = "",
    language: str = ENGLISH, here: str = "/",
) -> str:  # fmt: skip
    """A whole served page with navigation and filters; every address starts with `base`, forms carry `token`.

    It is said in `language`; `here` is where a change of language leads back to.
    Needs only `style-src 'self'; script-src 'self'; img-src 'self'; font-src 'self'`, and no script to be read.
    """
    page = translated(page, language)
    rows = _rows([each for each in page.blocks if not isinstance(each, Form) or may(viewer, each.action)])
    ahead([(each, form) for row in rows for part in row for each in part if isinstance(each, Chart)
           for form in (SERVED if len(row) == 1 else SERVED[1:])])  # fmt: skip
    drawn = _environment(language).get_template("page.html").render(
        page=page, rows=rows, viewer=viewer, brand=brand, token=token, served=True,
        as_data=page.name in finder.names("show"), corrects=may(viewer, "correct"),
        navigation=_spoken(navigation(viewer), language), carried=partial(_carried, page), inside=_inside(base),
        tokens=json.dumps(LIGHT), language=language, languages=languages(), here=here, **_registry(),
    )  # fmt: skip
    return _slim(drawn)


def report(pages: Sequence[Page], *, meta: Mapping[str, Any], language: str = ENGLISH) -> str:
    """One HTML file that loads nothing from outside: styles, fonts and pictures are within, and no script is needed."""
    pages = [translated(page, language) for page in pages]
    title = str(meta.get("title") or (pages[0].sentence if pages else "Report"))
    drawn = _environment(language).get_template("report.html").render(
        pages=[(page, _rows(page.blocks)) for page in pages], title=title, served=False, language=language,
        about=[said(part, language) for part in about(meta)],
        left_out=_say.count(meta["rejected"]) if meta.get("rejected") else "", seed=meta.get("seed"),
        inside=_inside(""), mark=Markup((STATIC / "mark.svg").read_text("utf-8")), style="", **_registry(),
    )  # fmt: skip
    return _slim(drawn.replace("<style></style>", f"<style>{_style(drawn)}</style>", 1))


def pdf(pages: Sequence[Page], *, meta: Mapping[str, Any], language: str = ENGLISH) -> bytes:
    """The report as PDF, set by typst; a Stop that says what to install where typst is missing."""
    pages = [translated(page, language) for page in pages]
    from touchstone.show import _paper

    made: bytes = _paper.pdf(pages, about=about(meta), meta=meta, language=language)
    return made


def data(page: Page) -> dict[str, Any]:
    """The page as plain data for JSON, block by block; what is no finite number is null."""
    made: dict[str, Any] = _marks.plain(page)
    return made


def navigation(viewer: Viewer) -> dict[str, list[tuple[str, str]]]:
    """Groups of (name, title) of the pages this viewer may open without settings of their own, as they stand.

    A page says where it stands by `_PLACE`: a number, and the group it stands in.
    """
    found = []
    for name in finder.names("show"):
        module = finder.part("show", name)
        place, group = getattr(module, "_PLACE", (None, ""))
        if place is not None and who.may(viewer, who=module.WHO):
            found.append((place, group, name, (module.__doc__ or name).partition(":")[0]))
    groups: dict[str, list[tuple[str, str]]] = {}
    for _, group, name, title in sorted(found):
        groups.setdefault(group, []).append((name, title))
    return groups


def about(meta: Mapping[str, Any]) -> list[str]:
    """What a report rests on, as the parts of its heading line: brand, period, interactions and files."""
    files = [str(each) for each in meta.get("files", ())]
    parts = [str(meta.get("brand", "")), str(meta.get("period", ""))]
    if meta.get("interactions") is not None:
        parts.append(_say.some(int(meta["interactions"]), "interaction", "interactions"))
    if files:
        parts.append(f"from {_say.listed(files)}")
    return [part for part in parts if part]


def _rows(blocks: Sequence[Block]) -> list[list[list[Block]]]:
    """Blocks as rows of columns: a journey stands beside the ranking and chart that follow it, all else alone.

    Where the journey is the shorter column, the words that come next stand below it.
    """
    rows: list[list[list[Block]]] = []
    ranked = any(isinstance(each, Ranking) for each in blocks)
    for block in blocks:
        last = rows[-1] if rows else [[]]
        journey = last[0][0] if last[0] and ranked and isinstance(last[0][0], Streaks) else None
        if journey is not None and isinstance(block, (Ranking, Chart)) and len(last[0]) == 1:
            rows[-1] = [last[0], [*(last[1] if len(last) > 1 else []), block]]
        elif journey is not None and isinstance(block, Words) and len(last) > 1 and _lines(journey) <= SHORT:
            last[0].append(block)
        else:
            rows.append([[block]])
    return rows


def _lines(block: Streaks) -> int:
    return sum(len(group) for _, group in block.groups)


def _registry() -> dict[str, Any]:
    """What a rendering opens to, filled while it renders: each figure once, in the order of the page."""
    opened: list[Estimate] = []
    known: dict[str, None] = {}
    named: dict[int, str] = {}  # of estimates that the page holds: none of them goes while it is drawn

    def opener(estimate: Estimate) -> str:
        if (name := named.get(id(estimate))) is not None:
            return name
        name = named[id(estimate)] = _marks.opener(estimate)
        if name not in known:
            known[name] = None
            opened.append(estimate)
        return name

    return {"opened": opened, "opener": opener}


def _inside(base: str) -> Any:
    root = base.rstrip("/") + "/"
    return lambda path: root + str(path).removeprefix("/")


def _carried(page: Page, to: str) -> str:
    """The filters in force that the page `to` knows as well, as a query, so that going there keeps them."""
    filters = [block for block in page.blocks if isinstance(block, Filters) and not block.live]
    chosen = [(field.name, field.value) for block in filters for field in block.fields if field.value]
    known = finder.settings("show", to) if chosen and to in finder.names("show") else {}
    kept = [(name, value) for name, value in chosen if name in known]
    return "?" + urlencode(kept) if kept else ""


def _slim(text: str) -> str:
    """Without the blank space that only templates need; words of customers keep theirs, CSS collapses it anyway."""
    return "\n".join(line for line in (each.strip() for each in text.split("\n")) if line) + "\n"


def _style(drawn: str) -> str:
    """The stylesheet with the fonts the text needs, as data; what CSS could mistake for its end cannot occur."""
    wanted = [("latin", LATIN)]
    if re.search("[\u0100-\u024f\u1e00-\u1eff]", drawn):
        wanted.append(("latin-ext", LATIN_EXTENDED))
    faces = [_face(family, _encoded(f"{file}-{part}.woff2"), reach) for family, file in FONTS for part, reach in wanted]
    return Markup("".join(faces) + (STATIC / "touchstone.css").read_text("utf-8"))


def _face(family: str, source: str, reach: str) -> str:
    return (
        f'@font-face{{font-family:"{family}";font-weight:400 700;font-display:swap;'
        f"src:url({source}) format('woff2');unicode-range:{reach}}}\n"
    )


@cache
def _encoded(name: str) -> str:
    content = base64.b64encode((STATIC / "fonts" / name).read_bytes()).decode()
    return f"data:font/woff2;base64,{content}"


def _spoken(groups: dict[str, list[tuple[str, str]]], language: str) -> dict[str, list[tuple[str, str]]]:
    return {
        said(group, language): [(name, said(title, language)) for name, title in pages]
        for group, pages in groups.items()
    }


@cache
def _environment(language: str) -> jinja2.Environment:
    """Templates whose own words and filters speak `language`."""
    from touchstone.show import _filters

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE / "templates"),
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined,
        extensions=["jinja2.ext.i18n"],
    )  # fmt: skip

    def gettext(text: str, **values: Any) -> Markup:
        return Markup.escape(said(text, language)).format(**values)

    environment.globals.update(gettext=gettext)
    environment.filters.update(_filters.spoken(language))
    environment.tests["day"] = _filters.is_day
    environment.tests["estimate"] = lambda thing: isinstance(thing, Estimate)
    environment.tests["link"] = lambda thing: isinstance(thing, Link)
    return environment

"""A page as a mail: plain text, and simple HTML beside it that loads nothing and reads in light and dark."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Any

from touchstone.core import number
from touchstone.core.page import Block, Cards, Choice, Estimate, Note, Page, Ranking, Verbatim, Words
from touchstone.core.translated import translated
from touchstone.core.translation import ENGLISH, said

LONGEST = 320  # characters of a customer's words
_SUBJECT = 120
_STYLE = (
    "body{margin:0 auto;max-width:36rem;padding:1.25rem;font:16px/1.5 system-ui,-apple-system,'Segoe UI',sans-serif;"
    "color:#1c1d1f;background:#fff}h1{font-size:1.3rem;line-height:1.3;margin:0 0 .75rem}"
    "h2{font-size:1rem;margin:1.5rem 0 .25rem}p{margin:0 0 .6rem}small{color:#5d6066;font-size:.85rem}"
    "blockquote{margin:.5rem 0;padding-left:.8rem;border-left:3px solid #1f6f5c}a{color:#1f6f5c}"
    ".button{display:inline-block;margin:1rem 0;padding:.6rem 1rem;border-radius:.4rem;background:#1f6f5c;color:#fff;"
    "text-decoration:none}footer{margin-top:1.5rem;border-top:1px solid #d9dade;padding-top:.75rem}"
    "@media(prefers-color-scheme:dark){body{color:#e7e7e5;background:#17181a}small{color:#a2a5ab}"
    "a,blockquote{color:#7fd0ba;border-color:#7fd0ba}blockquote{color:inherit}footer{border-color:#3a3c40}"
    ".button{background:#7fd0ba;color:#10201c}}"
)


def link(store: Any, page: str) -> str:
    """The address of a page as its reader reaches it; empty where the setting `address` does not say."""
    root = str(store.settings.address).rstrip("/")
    return f"{root}/{page}" if root.startswith(("https://", "http://")) else ""


def subject(sentence: str, *, language: str = ENGLISH) -> str:
    """A sentence as a subject: one line, not too long."""
    line = " ".join(said(sentence, language).split()).rstrip(".")
    return line if len(line) <= _SUBJECT else f"{line[: _SUBJECT - 1].rstrip()}…"


def leaving(leave: str) -> dict[str, str]:
    """Headers by which one click ends it (RFC 8058), where there is an address to click at."""
    if not leave.startswith("https://"):
        return {"List-Unsubscribe": f"<{leave}>"} if leave else {}
    return {"List-Unsubscribe": f"<{leave}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


def text(page: Page, *, link: str = "", leave: str = "", language: str = ENGLISH) -> str:
    """The page as plain text in `language`; `leave` is where its reader ends it."""
    page = translated(page, language)
    parts = [page.sentence, page.lead, *(part for block in page.blocks for part in _text(block, language))]
    parts += [f"{said('Look closer', language)}: {link}"] if link else []
    parts += [f"{said('No more of these', language)}: {leave}"] if leave else []
    return "\n\n".join(part for part in parts if part) + "\n"


def html(page: Page, *, link: str = "", leave: str = "", language: str = ENGLISH) -> str:
    """The page as HTML without table, picture or script; what it holds cannot be more than words."""
    page = translated(page, language)
    parts = [f"<h1>{escape(page.sentence)}</h1>", _paragraph(page.lead)]
    parts += [part for block in page.blocks for part in _html(block, language)]
    if link:
        parts.append(f'<p><a class="button" href="{escape(link)}">{said("Look closer", language)}</a></p>')
    if leave:
        ends = f'<a href="{escape(leave)}">{said("No more of these", language)}</a>'
        parts.append(f"<footer><small>{said('You asked for this mail.', language)} {ends}</small></footer>")
    head = (
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        '<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">'
        f"<title>{escape(page.title)}</title><style>{_STYLE}</style>"
    )
    return f'<!doctype html><html lang="{language}"><head>{head}</head><body>{"".join(parts)}</body></html>'


def told(figure: Estimate, *, signed: bool = False) -> str:
    """A figure with its doubt and what it rests on: 3.10 (between 2.95 and 3.25, 120 answers)."""
    if figure.value is None:
        return f"no estimate ({figure.why})" if figure.why else "no estimate"
    value, low, high = (
        number.said(each, measured_in=figure.measured_in, signed=signed)
        for each in (figure.value, figure.low, figure.high)
    )
    parts = [f"between {low} and {high}"] if figure.low is not None and figure.high is not None else []
    parts += [f"{figure.n:,} {figure.counted}"] if figure.n else []
    return f"{value} ({', '.join(parts)})" if parts else value


def _text(block: Block, language: str) -> Iterator[str]:
    if isinstance(block, Note):
        yield f"{block.text} {block.todo}".strip()
    elif isinstance(block, Cards):
        yield "\n".join(f"- {_line(each, language)}" for each in block.figures)
    elif isinstance(block, Ranking):
        lines = [f"{place}. {_advice(each)}" for place, each in enumerate(block.choices, 1)]
        yield "\n".join([block.title.upper(), *lines, *([block.lead] if block.lead else [])])
    elif isinstance(block, Words):
        yield from (f"“{_short(each)}”\n{_source(each, block, language)}" for each in block.verbatims)


def _html(block: Block, language: str) -> Iterator[str]:
    if isinstance(block, Note):
        yield _paragraph(f"{block.text} {block.todo}".strip())
    elif isinstance(block, Cards):
        for each in block.figures:
            figure = said(told(each, signed=True), language)
            yield f"<p><b>{escape(each.label)}</b><br>{escape(figure)}{_small(each.note)}</p>"
    elif isinstance(block, Ranking):
        yield f"<h2>{escape(block.title)}</h2>"
        for place, choice in enumerate(block.choices, 1):
            yield f"<p><b>{place}. {escape(choice.title)}</b>{_small(_behind(choice))}</p>"
        yield _paragraph(block.lead)
    elif isinstance(block, Words):
        yield f"<h2>{escape(block.title)}</h2>"
        for one in block.verbatims:
            yield f"<blockquote>{escape(_short(one))}{_small(_source(one, block, language))}</blockquote>"


def _line(each: Estimate, language: str) -> str:
    return f"{each.label}: {said(told(each, signed=True), language)}" + (f"\n  {each.note}" if each.note else "")


def _advice(each: Choice) -> str:
    return f"{each.title}\n   {_behind(each)}"


def _behind(each: Choice) -> str:
    return " · ".join(part for part in (each.reason, each.where) if part)


def _short(each: Verbatim) -> str:
    """The words, cut at the end of a word where they are long."""
    words = " ".join(each.text.split())
    return words if len(words) <= LONGEST else f"{words[:LONGEST].rsplit(' ', 1)[0]} …"


def _source(each: Verbatim, block: Words, language: str) -> str:
    places = [part for part in (each.occurred_at, each.unit, each.source) if part]
    drawn = said(f"one of {block.total:,}, drawn at random", language)
    return f"{' · '.join(places)} ({drawn})"


def _small(words: str) -> str:
    return f"<br><small>{escape(words)}</small>" if words else ""


def _paragraph(words: str) -> str:
    return f"<p>{escape(words)}</p>" if words else ""

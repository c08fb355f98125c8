"""What pages show untranslated: every page of a home drawn in another language, its texts told that nobody knows."""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import ExitStack
from copy import copy
from pathlib import Path
from typing import Any
from unittest import mock
from urllib.parse import parse_qsl

import touchstone
from touchstone.core import finder
from touchstone.core import translated as _translate
from touchstone.core.page import Link, Page
from touchstone.core.translation import Tongue, tongue
from touchstone.core.viewer import Viewer
from touchstone.home import demo
from touchstone.rules import who
from touchstone.show import _filters, _render
from touchstone.store import tables

SMALL = {"interactions": "5000", "dealers": "8", "customers": "1200", "until": "2026-09-30"}
LANGUAGES = ("English", "Deutsch", "en", "de", "fr", "es")
LOOKED_AT = {"findings": 40, "figure": 12, "conversation": 6, "case": 4, "customer": 4, "units": 3}
"""How many pages with settings of their own are opened, of those that links lead to; two of any other."""


class Heard:
    """Remembers what a tongue does not know: how often, and on which pages."""

    def __init__(self, language: str, data: set[str]) -> None:
        known = copy(tongue(language))
        self.tongue = Tongue(language, dict(known.whole), known.patterns, known.fixed, known.sayings, known.ordered)
        for text in data:
            self.tongue.whole.setdefault(text, text)
        self.language, self.page = language, ""
        self.counts: Counter[str] = Counter()
        self.pages: dict[str, set[str]] = defaultdict(set)
        self.asked: dict[str, set[str]] = defaultdict(set)

    def said(self, text: str, language: str = "en") -> str:
        """As `translation.said`, remembering what was asked for, and what was not known."""
        if language != self.language or not text:
            return text
        self.asked[text].add(self.page)
        told, known = self.tongue.told(text)
        if not known:
            self.counts[text] += 1
            self.pages[text].add(self.page)
        return told


def missing(home: Any, language: str = "de") -> Heard:
    """Every page of the home drawn in `language` as an administrator reads it."""
    heard = Heard(language, set(_data(home)))
    _render._environment.cache_clear()
    with ExitStack() as stack:
        for module in (_filters, _render, _translate):
            stack.enter_context(mock.patch.object(module, "said", heard.said))
        for name, page in pages(home):
            heard.page = name
            _render.html(page, viewer=_viewer(home), language=language)
    _render._environment.cache_clear()
    return heard


def pages(home: Any) -> Iterator[tuple[str, Page]]:
    """Each page as the navigation opens it, and some of those that its links lead to."""
    ask = home.ask(_viewer(home))
    wanted = [(name, "") for name in finder.names("show")]
    opened: Counter[str] = Counter()
    for name, query in wanted:
        if not who.may(_viewer(home), who=finder.part("show", name).WHO):
            continue
        page = finder.verb("show", name)(ask, **_settings(query))
        yield name, page
        for link in sorted(_links(page)):
            to, _, more = link.removeprefix("/").partition("?")
            if more and to in finder.names("show") and (to, more) not in wanted:
                opened[to] += 1
                if opened[to] <= LOOKED_AT.get(to, 2):
                    wanted.append((to, more))


def _viewer(home: Any) -> Viewer:
    rows = home.ask().record(_accounts())
    found = next((row for row in rows if row["role"] == "administrator"), None)
    return Viewer("administrator", account=found["id"], name=found["name"]) if found else Viewer("administrator")


def _accounts() -> Any:
    return tables.account.select().where(tables.account.c.disabled.is_(False)).order_by(tables.account.c.name)


def _settings(query: str) -> dict[str, str]:
    return dict(parse_qsl(query))


def _links(thing: Any) -> set[str]:
    """Addresses that a part of a page leads to."""
    if isinstance(thing, Link):
        return {thing.address}
    if isinstance(thing, tuple):
        return set().union(*map(_links, thing)) if thing else set()
    if hasattr(thing, "__dataclass_fields__"):
        own = {thing.href} if getattr(thing, "href", "") else set()
        return own.union(*(_links(getattr(thing, each)) for each in thing.__dataclass_fields__))
    return set()


def _data(home: Any) -> Iterator[str]:
    """What others wrote: every text the record holds that is no key of ours, names of the lake, and of our actions."""
    done = home.ask().record(tables.activity.select().with_only_columns(tables.activity.c.action).distinct())
    yield from (*finder.names("act"), *LANGUAGES, *(row["action"] for row in done))
    with home.store.record.reading() as connection:
        for table in tables.metadata.sorted_tables:
            for row in connection.execute(table.select()):
                yield from (each for each in row if isinstance(each, str) and _is_data(each))
    for column in ("source", "channel", "unit", "thread"):
        found = home.ask().lake(f'select distinct "{column}" as name from interaction')["name"].to_pylist()
        yield from (each for each in found if each)


def _is_data(text: str) -> bool:
    return 1 < len(text) < 300 and (
        text != text.lower() or "@" in text or any(map(str.isdigit, text)) or text.count(" ") > 3
    )


def report(arguments: list[str]) -> None:
    """Prints what is missing, most frequent first: how often, on which pages, the text, and as it is said now."""
    given = argparse.ArgumentParser(prog="python -m tests._words missing")
    given.add_argument("--home", help="a home to look at; a small example brand is built where none is given")
    given.add_argument("--language", default="de")
    given.add_argument("--page", help="this page alone")
    options = given.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        path = options.home or str(Path(folder) / "home")
        if not options.home:
            demo.build(path, settings=SMALL, stage=lambda _, work: work())
        home = touchstone.open(path)
        heard = missing(home, options.language)
        home.store.close()
    shown = 0
    for text, count in heard.counts.most_common():
        if options.page in (None, *heard.pages[text]):
            shown += 1
            print(f"{count:5} {','.join(sorted(heard.pages[text]))}\n      {text}\n      {heard.tongue.told(text)[0]}")
    print(f"{shown} texts")

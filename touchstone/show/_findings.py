"""What each measure says beyond scores: its stored rows, the sentence and the picture made of them."""

from __future__ import annotations

import importlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from touchstone.core import finder
from touchstone.core.ask import Ask
from touchstone.core.page import BETWEEN, Block, Estimate, Grid, Note
from touchstone.show import _forest, _league, _say, _stored, _units
from touchstone.show._stored import Figure

_ELSEWHERE = {*_stored.NAMES, "difference"}
"""Measures that have pages of their own."""
_PICTURES = Path(__file__).parent / "_pictures"
_LISTED = 60
OPEN = 12  # lines of a table that a page shows without being asked
WHOLE = "All together"
QUOTED = ("word", "need", "campaign")
"""Columns that hold what customers or others call a thing: told in quotation marks, and so in no other language."""


@dataclass(frozen=True)
class Told:
    """All that is stored of one measure."""

    name: str
    rows: tuple[Figure, ...]
    units: dict[str, str]  # names of units by id
    seed: int
    nouns: tuple[str, str] = ("unit", "units")  # what a unit is called here, one and many

    @property
    def estimated(self) -> bool:
        """Whether any row has a figure."""
        return any(each.value is not None for each in self.rows)

    def by(self, *columns: str) -> list[Figure]:
        """The rows by exactly these columns."""
        return [each for each in self.rows if set(each.by) == set(columns)]

    def label(self, figure: Figure) -> str:
        """What a row is about, for people: units by their names, words with a large first letter."""
        parts = [self._called(figure, key) for key in figure.by]
        return _say.named(", ".join(parts)) if parts else WHOLE

    def estimates(self, rows: Sequence[Figure], *, middle: float | None = None) -> list[Estimate]:
        """The rows as estimates that open to their n, interval and formula, all on one scale where they have none."""
        ends = _stored.span(rows)
        return [
            _stored.estimate(each, self.label(each), middle=middle, ends=each.ends or ends, seed=self.seed)
            for each in rows
        ]

    def column(self, name: str) -> str:
        """A by column for people: a unit as it is called here."""
        return self.nouns[0] if name == "unit" else name.replace("_", " ")

    def cell(self, figure: Figure, column: str) -> str:
        """What a row is about in one of its by columns; all together where it is not cut by it."""
        if column not in figure.by:
            return WHOLE
        return self._called(figure, column) if column == "unit" else _say.named(self._called(figure, column))

    def _called(self, figure: Figure, column: str) -> str:
        """What people call what a row is about: units and themes have names beside their ids."""
        value = figure.by[column]
        if column == "theme" and (name := figure.detail.get("theme")):
            return f"“{name}”"
        if column in QUOTED:
            return f"“{value}”"
        return self.units.get(value, value) if column == "unit" else value


@dataclass(frozen=True)
class Picture:
    """What a measure says in one sentence, and what shows it."""

    sentence: str
    blocks: tuple[Block, ...]
    lead: str = ""
    formula: str = ""  # where that of most rows is not the one to name


def measures() -> list[str]:
    """The measures that are told as findings."""
    return [name for name in finder.names("measure") if name not in _ELSEWHERE]


def titled(name: str) -> tuple[str, str]:
    """A measure's name for people and what it says, from its first line: `Drivers: what moves …`."""
    first = finder.summary("measure", name).rstrip(".")
    title, _, what = first.partition(": ")
    return (title, what) if what and len(title) < 40 else (name.replace("_", " ").capitalize(), first)


def told(ask: Ask, name: str) -> Told:
    """All stored rows of a measure, in the order of their ids."""
    rows = _stored.unfolded(ask.lake(f"{_stored.READ} where name = ? order by id", [name]))
    return Told(name, tuple(rows), _units.names(ask), ask.seed, _league.nouns(ask))


@dataclass(frozen=True)
class Said:
    """What a measure says in one sentence; `estimated`: whether it has any figure."""

    name: str
    estimated: bool
    sentence: str


def said(ask: Ask) -> tuple[Said, ...]:
    """The sentence of every measure that has any row: made of all rows, and so kept while these stay as they are."""
    found = (told(ask, name) for name in measures())
    return ask.kept(
        "findings",
        lambda: tuple(Said(each.name, each.estimated, picture(each).sentence) for each in found if each.rows),
    )


def picture(found: Told) -> Picture:
    """The measure's own picture, or intervals side by side; where nothing is estimated, why."""
    if not found.estimated:
        return _silent(found)
    if (_PICTURES / f"{found.name}.py").exists():
        made: Picture = importlib.import_module(f"touchstone.show._pictures.{found.name}").picture(found)
        return made
    return _plain(found)


def formula(found: Told) -> str:
    """The formula and source of a measure that most of its rows name; a figure that differs says its own."""
    said = Counter(str(each.detail["formula"]) for each in found.rows if each.detail.get("formula"))
    return said.most_common(1)[0][0] if said else ""


def _silent(found: Told) -> Picture:
    why = next((str(each.detail["why"]) for each in found.rows if each.detail.get("why")), "")
    sentence = f"No estimate: {why}." if why else "Nothing is known yet."
    return Picture(sentence, (Note(sentence, "empty", "See what this measure needs in the documentation."),))


def _plain(found: Told) -> Picture:
    """The cut with most figures that a chart has room for, the largest first, then all rows as a table."""
    cuts: dict[tuple[str, ...], list[Figure]] = {}
    for each in (row for row in found.rows if row.value is not None):
        cuts.setdefault(tuple(each.by), []).append(each)
    rows = max(cuts.values(), key=lambda cut: (len(cut) <= _forest.MOST, len(cut)))
    rows = sorted(rows, key=lambda each: (-(each.value or 0.0), found.label(each)))
    title, _ = titled(found.name)
    shown = found.estimates(rows)
    chart = _forest.forest(shown, title=title, lead="Dots are figures, bars their 95 % intervals.")
    return Picture(_plainly(title, shown), (chart, table(found, rows)))


def _plainly(title: str, shown: Sequence[Estimate]) -> str:
    """The one figure there is, or the largest, whose place is open where the next one's interval reaches it."""
    first, limits = shown[0], _say.interval(shown[0])
    doubt = f" ({limits})" if limits else ""
    if len(shown) == 1:
        about = "" if first.label == WHOLE else f" of {_say.inline(first.label)}"
        return f"{title}: the figure{about} is {_say.value(first)}{doubt}."
    apart = first.low is not None and shown[1].high is not None and first.low > shown[1].high
    order = "" if apart else "; others may be as high"
    return f"{title}: highest is {_say.inline(first.label)} at {_say.value(first)}{doubt}{order}."


def warned(rows: Sequence[Figure]) -> tuple[Note, ...]:
    """What makes the figures doubtful, as the rows say it: the most frequent warning of them."""
    said = Counter(str(each.detail["warning"]) for each in rows if each.detail.get("warning"))
    return tuple(Note(f"{_say.named(text)}.", "warning") for text, _ in said.most_common(1))


def table(found: Told, rows: Sequence[Figure]) -> Grid:
    """Rows as a plain table whose figures open: a column for all that tells them apart; a long one is folded."""
    listed = rows[:_LISTED]
    told_by = list(dict.fromkeys(key for each in listed for key in each.by))
    keys = [key for key in told_by if len({each.by.get(key) for each in listed}) > 1] or told_by[:1]
    cells = tuple(
        (*(found.cell(row, key) for key in keys), shown, _say.limits(shown), shown.n)
        for row, shown in zip(listed, found.estimates(listed), strict=True)
    )
    many = f"The first {_LISTED} of {_say.count(len(rows))} figures" if len(rows) > _LISTED else "All figures"
    by = _say.listed([found.column(key) for key in keys])
    units = {each.measured_in for each in listed}
    if len(units) > 1:  # each row says in what it is measured
        cells = tuple((*cell[:-1], row.measured_in, cell[-1]) for cell, row in zip(cells, listed, strict=True))
    measured = (rows[0].measured_in, BETWEEN) if len(units) == 1 else ("value", BETWEEN, "measured in")
    columns = (*(found.column(key) for key in keys), *measured, "n")
    return Grid(f"{many} by {by}" if by else many, "", columns, cells, folded=len(listed) > OPEN)

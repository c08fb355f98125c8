"""A page as data: a sentence first, figures with their doubt, then the customers' own words. Rendered in `show`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Heard:
    """One thing understood of a text: a touchpoint it speaks of, or (with a layer) a signal of the whole."""

    name: str
    layer: str = ""
    polarity: str = ""
    confidence: float | None = None
    spans: tuple[tuple[int, int], ...] = ()
    by: str = ""  # who corrected it, and when; empty: as the machine read it
    holds: bool = True
    change: str = ""  # beside another reading: added, removed or turned


@dataclass(frozen=True)
class Verbatim:
    """A customer's own words, unedited, with where they come from."""

    id: str
    text: str
    touchpoint: str = ""
    occurred_at: str = ""
    url: str = ""
    source: str = ""
    unit: str = ""
    start: int = 0
    stop: int = 0
    heard: tuple[Heard, ...] = ()


@dataclass(frozen=True)
class Corrected:
    """One correction or decision: what it says, who made it and when, why; `takes_back` is its id while it stands."""

    what: str
    who: str
    takes_back: str = ""
    why: str = ""


@dataclass(frozen=True)
class Voice:
    """A text with all that was understood of it; with `touchpoints` to choose from, every line can be corrected."""

    verbatim: Verbatim
    mentions: tuple[Heard, ...]
    signals: tuple[Heard, ...]
    history: tuple[Corrected, ...] = ()
    touchpoints: tuple[str, ...] = ()
    back: str = ""  # where its forms go back to; empty: its own page


@dataclass(frozen=True)
class Estimate:
    """A figure with its doubt. `value` None means no estimate, and `why` says so; it opens to everything below it."""

    label: str
    value: float | None
    low: float | None = None
    high: float | None = None
    n: int = 0
    measured_in: str = ""
    floor: float = -1.0  # ends of the scale the streak is drawn on
    ceiling: float = 1.0
    middle: float | None = 0.0  # what good and bad are told apart at; None: neither is
    formula: str = ""
    why: str = ""
    note: str = ""
    verbatims: tuple[Verbatim, ...] = ()
    seed: int = 0
    href: str = ""
    rank: tuple[int, int, int] | None = None  # rank, and the ranks it may have
    counted: str = "answers"  # what n counts
    drawn_from: str = ""  # what the verbatims were drawn from, in words
    real: bool | None = None  # whether it stands after correction for many comparisons; None: the interval decides

    @property
    def verdict(self) -> str:
        """good, bad, open (cannot be told from the middle) or plain (no middle to be told from)."""
        if self.value is None or self.middle is None:
            return "plain"
        if self.real is False:
            return "open"
        above = self.low is not None and self.low > self.middle
        below = self.high is not None and self.high < self.middle
        if self.floor > self.ceiling:  # a scale whose best is its smaller end
            above, below = below, above
        return "good" if above else "bad" if below else "open"


@dataclass(frozen=True)
class Cards:
    """The few figures that carry the page."""

    figures: tuple[Estimate, ...]


@dataclass(frozen=True)
class Streaks:
    """Estimates under headings (stages, regions, …): the journey map, units, topics."""

    title: str
    lead: str
    groups: tuple[tuple[str, tuple[Estimate, ...]], ...]
    count_label: str = "answers"


@dataclass(frozen=True)
class Choice:
    """One line of a ranking: what to do, for whom, what it rests on."""

    title: str
    where: str
    reason: str
    estimate: Estimate


@dataclass(frozen=True)
class Ranking:
    """What comes first, second, third, with how sure the order is."""

    title: str
    lead: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True)
class Chart:
    """A Vega-Lite specification with one message in its title; `figures` are what its marks open to."""

    title: str
    lead: str
    specification: dict[str, Any]
    figures: tuple[Estimate, ...] = ()


@dataclass(frozen=True)
class Words:
    """A random, seeded draw of verbatims, never hand-picked."""

    title: str
    verbatims: tuple[Verbatim, ...]
    total: int
    seed: int
    again: str = ""  # address of another draw


@dataclass(frozen=True)
class Link:
    """A cell of a table that leads to another page; on paper its label."""

    label: str
    address: str

    def __str__(self) -> str:
        return self.label


BETWEEN = "between"  # the column of a table that says a figure's interval


@dataclass(frozen=True)
class Grid:
    """A plain table; a cell is text, a number, a link or an estimate."""

    title: str
    lead: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    narrow: bool = False  # few short columns: a phone shows it as a table too
    folded: bool = False  # long: its title opens it


@dataclass(frozen=True)
class Note:
    """A sentence apart: `tone` is plain, warning, empty (nothing here yet, and what to do) or busy (look again)."""

    text: str
    tone: str = "plain"
    todo: str = ""


@dataclass(frozen=True)
class Field:
    """One input of a form or filter; `choices` make it a list; kind `lines` is a text that a file may fill.

    Kind `range` slides `within` (least, most, step); beside it stands `told`, # for its value, or at its end `last`.
    """

    name: str
    label: str
    value: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    kind: str = "text"
    help: str = ""
    error: str = ""
    within: tuple[float, float, float] | None = None
    told: str = "#"
    last: str = ""


@dataclass(frozen=True)
class Filters:
    """What the page is narrowed to; one that is `live` says what the page is about, and answers while it is changed."""

    fields: tuple[Field, ...]
    live: bool = False


@dataclass(frozen=True)
class Form:
    """An action as a form: the fields are the action's keyword arguments."""

    action: str
    title: str
    fields: tuple[Field, ...]
    button: str
    key: str = ""  # that presses the button
    beside: tuple[tuple[str, str, str], ...] = ()  # links beside it: address, label, the key that opens it or none


@dataclass(frozen=True)
class Event:
    """One thing a customer said or did: when, what, where, in their words if they used any."""

    at: str
    what: str
    where: str = ""
    figure: str = ""  # a score on its scale, or an amount
    verbatim: Verbatim | None = None
    files: tuple[Link | str, ...] = ()  # that went along; a name alone where they do not open


@dataclass(frozen=True)
class Story:
    """What a customer lived, in order; `earlier` and `later` are addresses of what comes before and after."""

    title: str
    lead: str
    events: tuple[Event, ...]
    earlier: str = ""
    later: str = ""


@dataclass(frozen=True)
class Kin:
    """One person of a customer: an id, and what is known under it, with its value; `kept`: they are called by it."""

    id: str
    name: str = ""
    known: tuple[tuple[str, str], ...] = ()
    kept: bool = False


@dataclass(frozen=True)
class Tie:
    """A link of two persons: how sure, why field by field, and what people decided of it."""

    left: Kin
    right: Kin
    layer: str
    probability: float | None
    reasons: tuple[tuple[str, str], ...]
    stands: str = ""  # empty: nobody decided


@dataclass(frozen=True)
class Belonging:
    """Who a customer is: their persons, the links between these and to others, what was decided; insiders decide."""

    title: str
    lead: str
    persons: tuple[Kin, ...]
    ties: tuple[Tie, ...]
    history: tuple[Corrected, ...] = ()
    back: str = ""  # where its forms go back to
    decides: bool = False


Block = Cards | Streaks | Ranking | Chart | Words | Grid | Note | Filters | Form | Voice | Story | Belonging


@dataclass(frozen=True)
class Page:
    """What one address shows: `sentence` says what it means with the doubt in it, `lead` adds a line."""

    name: str
    title: str
    sentence: str
    lead: str = ""
    blocks: tuple[Block, ...] = field(default_factory=tuple)
    accent: str = ""  # the words of the sentence that carry it

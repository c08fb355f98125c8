"""Writes what one person has to say: plans sentences around touchpoints, and knows where each is spoken of."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from touchstone.listen._example_grammar import Grammar, read
from touchstone.listen._example_names import slug
from touchstone.listen._example_planted import DESPITE
from touchstone.listen._example_style import Style, draw_style, spoil

LANGUAGES = ("en", "fr", "es")
BREAKS = 0.4
"""Share of clauses with something put in."""
FELT = 0.3
"""Share of clauses that tell what happened and then how it felt."""
BRIEF = 40
"""Characters below which what is said may be drawn out."""
SMALL = (
    re.compile(r"(?<!,) (?:for|with|and|after|since|from|until|when|because|without|at|before)\b"),
    re.compile(r"(?<!,) (?:pour|avec|et|après|depuis|sans|dans|sur|chez|quand|malgré|pendant)\b"),
    re.compile(r"(?<!,) (?:para|con|y|tras|desde|sin|durante)\b"),
)
"""Before these words something may be put in, by language."""
WORDS = {1: "good", 0: "soso", -1: "bad"}

PLANTED = {"defect": "the-car-itself", "price.dear": "price-and-contract", "price.unclear": "clarity-of-the-bill"}
"""The touchpoint that a planted sentence complains of."""


@dataclass(frozen=True)
class Said:
    """One mention: touchpoint by number, polarity -1, 0 or 1, and the characters that say it."""

    touchpoint: int
    polarity: int
    start: int
    stop: int


@dataclass(frozen=True)
class Written:
    """A text with what is truly in it."""

    text: str
    said: tuple[Said, ...]
    kinds: tuple[str, ...]
    woven: tuple[str, ...] = ()  # lists of planted sentences that it truly holds
    language: int = 0


@dataclass
class Plan:
    """What is to be said: touchpoints with polarity (2: both sides), the length in sentences, and what else."""

    language: int
    topics: Sequence[tuple[int, int]]
    length: int
    extras: tuple[str, ...] = ()  # lists of whole sentences to weave in, such as `ask.suggestion`
    model: str = ""
    dealer: str = ""
    place: str = ""


@dataclass
class _Draft:
    """Pieces so far, each with its mention (touchpoint, polarity) or none."""

    pieces: list[tuple[str, tuple[int, int] | None]] = field(default_factory=list)
    kinds: set[str] = field(default_factory=set)
    woven: list[str] = field(default_factory=list)


class Writer:
    """One voice for all: reseeded per block, so that a block's texts follow from its number."""

    def __init__(self, seed: int, slugs: Sequence[str]) -> None:
        self._seed, self._slugs = seed, slugs
        self._random = random.Random(seed)
        self._draw = self._random.random
        self._plan = Plan(0, (), 1)
        self._topic = slugs[0]
        lists = read()
        self._grammars = [self._grammar(lists, language) for language in LANGUAGES]

    def restart(self, block: int, stream: str) -> None:
        """From here on words follow from this block and stream alone."""
        self._random.seed(f"{self._seed}/{block}/{stream}")

    def _grammar(self, lists: dict[str, list[str]], language: str) -> Grammar:
        head = f"{language}."
        own = {name.removeprefix(head): ways for name, ways in lists.items() if name.startswith(head)}
        special = {
            "model": lambda: self._plan.model,
            "dealer": self._place,
            "place": lambda: self._plan.place,
            "thing": self._thing,
            "topic": self._word,
            "digit": lambda: str(int(self._draw() * 8) + 2),
            "number": lambda: str(int(self._draw() * 88) + 11),
            "hundreds": lambda: str(int(self._draw() * 880) + 110),
            "thousands": lambda: str(int(self._draw() * 640) * 100 + 1200),
            "year": lambda: str(int(self._draw() * 22) + 2003),
            "clock": lambda: f"{int(self._draw() * 11) + 8}:{int(self._draw() * 12) * 5:02d}",
        }
        return Grammar(own, self._draw, special)

    def write(self, plan: Plan) -> Written:
        """The text of a plan, with its mentions and kinds."""
        self._plan, self._now = plan, self._grammars[plan.language]
        draft = _Draft()
        if plan.length <= 1 and len(plan.topics) == 1 and self._draw() < 0.5:
            self._short(draft, *plan.topics[0])
        else:
            self._long(draft)
        return self._finish(draft)

    def line(self, name: str, plan: Plan, about: str = "") -> Written:
        """One way to say list `name`, as this plan's writer would, with nothing lived in it; `about` a touchpoint."""
        self._plan, self._now = plan, self._grammars[plan.language]
        self._topic = slug(about) or self._topic
        text = self._drawn_out(name, 0.7)
        return self._finish(_Draft([(text, None), ("" if text.endswith("?") else ". ", None)]))

    def _place(self) -> str:
        """The dealer, in one of the ways people name it."""
        name, chance = self._plan.dealer, self._draw()
        house = name.partition(" ")[0]
        short = house if chance < 0.5 else f"{house} {self._plan.place}" if chance < 0.75 else self._plan.place
        return name if chance < 0.15 else short

    def _thing(self) -> str:
        return self._now[f"{self._topic}.thing"]()

    def _word(self) -> str:
        return self._now[f"{self._topic}.topic"]()

    def praise(self, plan: Plan) -> Written:
        """Warm words with hardly anything in them, as coupons buy them."""
        self._plan, self._now = plan, self._grammars[plan.language]
        draft = _Draft()
        draft.pieces.append((self._now["bought"](), None))
        self._end(draft, 1)
        if self._draw() < 0.55:
            topic = self._slugs.index(("loyalty-offers", "welcome", "advertising-look")[int(self._draw() * 3)])
            self._topic = self._slugs[topic]
            draft.pieces.append((self._drawn_out("gush", 0.8), (topic, 1)))
            self._end(draft, 1)
        if self._draw() < 0.25:
            draft.pieces.append((self._drawn_out("disclosure", 1.0), None))
            self._end(draft, 0)
        return self._finish(draft)

    def _short(self, draft: _Draft, touchpoint: int, polarity: int) -> None:
        """Three to eight words."""
        self._topic = self._slugs[touchpoint]
        side = polarity if polarity in WORDS else 0
        draft.pieces.append((self._now[f"short.{WORDS[side]}"](), (touchpoint, side)))
        self._end(draft, side)

    def _long(self, draft: _Draft) -> None:
        plan, draw = self._plan, self._draw
        spare = plan.length - len(plan.topics)
        if spare > 0 and draw() < 0.7:
            self._filler(draft, "opening")
            spare -= 1
        waiting = list(plan.topics)
        while waiting:
            touchpoint, polarity = waiting.pop(0)
            other = waiting.pop(0) if waiting and draw() < 0.4 else None
            self._sentence(draft, touchpoint, polarity, other)
            while spare > 1 and draw() < 0.55:
                self._filler(draft, "story" if draw() < 0.7 else "aside")
                spare -= 1
            if plan.length > 9 and draw() < 0.25:
                draft.pieces.append(("\n\n", None))
        for extra in plan.extras:
            self._extra(draft, extra)
        if plan.length > 2 and draw() < 0.5:
            mood = sum(polarity for _, polarity in plan.topics if polarity != 2)
            self._filler(draft, "closing.good" if mood > 0 else "closing.bad" if mood < 0 else "closing.soso")

    def _sentence(self, draft: _Draft, touchpoint: int, polarity: int, other: tuple[int, int] | None) -> None:
        now, draw = self._now, self._draw
        if draw() < 0.4:
            draft.pieces.append((now["lead"](), None))
        side = 1 if polarity == 2 and draw() < 0.6 else -1 if polarity == 2 else polarity
        self._clause(draft, touchpoint, side)
        if polarity == 2:
            draft.pieces.append((now["but"](), None))
            self._clause(draft, touchpoint, -side)
        elif other is not None and other[1] != 2:
            draft.pieces.append((now["and" if other[1] == polarity else "but"](), None))
            side = other[1]
            self._clause(draft, other[0], side)
            other = None
        if draw() < 0.3:
            draft.pieces.append((now[f"tail.{WORDS[side]}"](), None))
        self._end(draft, side)
        if other is not None:
            self._sentence(draft, *other, None)

    def _clause(self, draft: _Draft, touchpoint: int, side: int) -> None:
        """One clause on one touchpoint: a detail of its own, or a general way to judge it; now and then with irony."""
        self._topic, draw = self._slugs[touchpoint], self._draw
        word, chance = WORDS[side], draw()
        name = f"{self._topic}.{word}"
        if side < 0 and chance < 0.07:
            draft.pieces.append((self._now["irony"](), None))
        if chance > 0.62 or name not in self._now:
            name = f"judge.{word}"
        text = self._broken(self._drawn_out(name, 0.6))
        if side and chance < FELT:
            text += self._now[f"feel.{word}"]()
        draft.pieces.append((text, (touchpoint, side)))

    def _drawn_out(self, name: str, share: float) -> str:
        """One way to say list `name`; of the brief ones this share gets a little longer."""
        text = self._now[name]()
        if len(text) > BRIEF or text.endswith("?") or self._draw() > share:
            return text
        return text + self._now["more"]()

    def _broken(self, clause: str) -> str:
        """The clause, now and then with something put in before one of its small words."""
        if self._draw() > BREAKS:
            return clause
        places = [found.start() for found in SMALL[self._plan.language].finditer(clause)]
        if not places:
            return clause
        at = places[int(self._draw() * len(places))]
        return clause[:at] + self._now["break"]() + clause[at:]

    def _filler(self, draft: _Draft, name: str) -> None:
        draft.pieces.append((self._broken(self._drawn_out(name, 1.0)), None))
        self._end(draft, 0)

    def _extra(self, draft: _Draft, name: str) -> None:
        """A whole sentence of a kind: suggestion, request, question, thanks, recommendation, threat, need."""
        head, _, kind = name.partition(".")
        if head in ("ask", "need"):
            draft.kinds.add("request" if head == "need" else "churn_threat" if kind == "warning" else kind)
        text = self._drawn_out(name, 0.0 if kind == "question" else 1.0)
        draft.woven += [name] if name in PLANTED else []
        about = PLANTED.get(name)
        draft.pieces.append((text, (self._slugs.index(about), -1) if about else None))
        if name == "price.dear":
            draft.pieces.append((self._now["price.despite"](), (self._slugs.index(slug(DESPITE)), 1)))
        draft.pieces.append(("? " if name.endswith("question") else ". ", None))

    def _end(self, draft: _Draft, side: int) -> None:
        draw = self._draw()
        mark = ". " if draw < 0.86 or side == 0 else "! " if draw < 0.96 else "... " if side < 0 else "!! "
        draft.pieces.append((mark, None))

    def _finish(self, draft: _Draft) -> Written:
        style: Style = draw_style(self._draw)
        said: list[Said] = []
        parts: list[str] = []
        at, fresh = 0, True
        for piece, mention in draft.pieces:
            text = piece[:1].upper() + piece[1:] if fresh and piece else piece
            text = spoil(text, style, self._draw)
            if mention is not None:
                said.append(Said(*mention, at, at + len(text)))
            parts.append(text)
            at += len(text)
            fresh = piece.rstrip(" ")[-1:] in (".", "!", "?", "\n") if piece else fresh
        whole = "".join(parts).rstrip()
        said = [Said(each.touchpoint, each.polarity, each.start, min(each.stop, len(whole))) for each in said]
        if style.ending and not whole.endswith("?"):
            whole = whole.rstrip(".!") + style.ending
        kinds = set(draft.kinds)
        kinds |= {"problem"} if any(each.polarity < 0 for each in said) else set()
        kinds |= {"praise"} if any(each.polarity > 0 for each in said) else set()
        return Written(whole, tuple(said), tuple(sorted(kinds)), tuple(draft.woven), self._plan.language)

"""Language gap: words that customers use and the brand does not, and the reverse."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from touchstone.core.ask import Ask
from touchstone.core.errors import Refused
from touchstone.core.tables import TEXT
from touchstone.language.terms import Terms, leading, terms
from touchstone.measure._answers import Question, check
from touchstone.measure._given import given
from touchstone.measure._rows import Heading, nothing, rows, tidy
from touchstone.measure._said import SIDES, VOICES, Chosen, Said, filed, heard
from touchstone.measure._scores import salt
from touchstone.science.interval import Interval
from touchstone.science.words import Odds, discoveries, log_odds

FIELDS = {"text": TEXT, "side": TEXT, "level": TEXT, "person": TEXT}
CUTS = ((), ("level",), ("unit",), ("touchpoint",))
_FORMULA = (
    "log-odds of a word among a side's words less the other side's, each text counted once, texts of one person "
    "together (Rao & Scott 1992); informative Dirichlet prior (Monroe, Colaresi & Quinn 2008)"
)
_FEW = 30  # texts of a side, below which hardly any word can be told from chance
_SPEAK = {"customers": "customers said", "brand": "the brand said"}
_LEAST = 3  # people who must say a word
_SHOWN = 3  # examples of each word
_REAL = 0.05  # of the words called real, at most this share is there by chance


@dataclass(frozen=True)
class _Limits:
    """How many words of a side are told, and by what rules."""

    top: int
    prior: float
    seldom: float
    seed: int


def measure(
    ask: Ask,
    *,
    by: Sequence[str] = (),
    where: str | None = None,
    since: str | date | None = None,
    until: str | date | None = None,
    voice: str = "written",
    top: int = 10,
    prior: float = 0.05,
    seldom: float = 0.1,
    sample: int = 20_000,
) -> pa.Table:
    """Words and two-word runs that customers use and the brand does not, and the reverse: `top` of each side.

    The other side says such a word at most `seldom` times as often. `by` and `where` cut the customers; the brand is
    held against each group whole, but by touchpoint against what it says of that touchpoint itself. `voice` is what the
    brand says: written (claims, and what employees write), claims, agents (all that employees say), or all. The value
    is the log-odds towards the row's `side`; `prior` is the weight of what both sides say together. `detail.real` holds
    after Benjamini and Hochberg's correction over all words of the group. Of more than `sample` texts of a side so many
    are drawn by seed.
    """
    if voice not in VOICES:
        raise Refused(f"there is no voice {voice!r}.", field="voice", todo=f"Known: {', '.join(VOICES)}.")
    question = Question(tuple(by), where, since, until)
    table = given(ask, question, "text")
    if table is None:
        check(question, "rollup")
    said = heard(ask, question, voice, sample=sample) if table is None else filed(table, question)
    if not len(said.texts):
        return nothing()
    found = terms(said.texts, apart=said.apart, everyday=True, plurals=True)
    limits = _Limits(top, prior, seldom, ask.seed)
    told = [row for keys, sides in said.groups() for row in _group(found, said, keys, sides=sides, limits=limits)]
    return _table(told, question, voice)


@dataclass(frozen=True)
class _Compared:
    """Both sides of a group held against each other, term by term."""

    sides: dict[str, Chosen]  # which texts
    counts: dict[str, NDArray[np.float64]]  # texts that have a term
    people: dict[str, NDArray[np.float64]]  # how many people they are worth
    odds: Odds
    adjusted: NDArray[np.float64]

    @property
    def sure(self) -> NDArray[np.bool_]:
        return np.asarray(self.adjusted <= _REAL)


def _group(
    found: Terms, said: Said, keys: dict[str, str], *, sides: dict[str, Chosen], limits: _Limits
) -> list[dict[str, Any]]:
    """The rows of one group: the words that say most, customers' first."""
    sizes = {name: int(each.sum()) for name, each in sides.items()}
    about: dict[str, Any] = {"formula": _FORMULA, "scale": {"worst": None, "best": None}, "texts": sizes}
    for name, size in sizes.items():
        if not size:
            detail = {**about, "why": f"nothing that {_SPEAK[name]} in words"}
            return [{**keys, "side": name, "word": "", "n": 0, "figures": (np.nan,) * 3, "detail": detail}]
    both = _compared(found, said, sides, limits.prior)
    comparisons = int(np.isfinite(both.adjusted).sum())
    about |= {"comparisons": comparisons, "correction": "Benjamini & Hochberg 1995"}
    if said.sampled:
        about["sampled"] = True
    told = []
    for name in SIDES:
        ranked = _ranked(found, both, name, limits)
        terms_told = leading(found, ranked, sides[name], most=limits.top)
        if min(sizes.values()) < _FEW:
            about["warning"] = f"fewer than {_FEW} texts of a side: hardly any word can be told from chance"
        elif not both.sure[terms_told].any():
            about["warning"] = "no word of this side is beyond chance: the other has said too little, or says the same"
        told += [
            {**keys, **_told(found, said, both, term, name, about=dict(about), seed=limits.seed)} for term in terms_told
        ]
        about.pop("warning", None)
    return told


def _compared(found: Terms, said: Said, sides: dict[str, Chosen], prior: float) -> _Compared:
    """Log-odds of every word and run among the words of its side, and corrected probabilities."""
    told = {name: said.counted(found, each) for name, each in sides.items()}
    counts, worth = ({name: each[at] for name, each in told.items()} for at in (0, 1))
    size = counts["customers"][~found.runs].sum(), counts["brand"][~found.runs].sum()
    odds = log_odds(counts["customers"], counts["brand"], prior=prior, total=size,
                    together=(worth["customers"], worth["brand"]))  # fmt: skip
    people = {name: each / worth[name] for name, each in counts.items()}
    return _Compared(sides, counts, people, odds, discoveries(odds.probability))


def _ranked(found: Terms, both: _Compared, side: str, limits: _Limits) -> list[int]:
    """The terms of one side that the other hardly says, surest first, without names; only so many as could be told.

    Everyday words alone are told only where they are beyond chance, and take at most half of the places: sides that
    write letters and advertisements differ in them by the dozen.
    """
    sign = 1 if side == "customers" else -1
    own, other = (both.people[name] / both.people[name].sum() for name in SIDES[::sign])
    able = (both.people[side] >= _LEAST) & (other <= limits.seldom * own) & (both.sure | ~found.plain)
    able = np.flatnonzero(able & ~found.names & (sign * both.odds.value > 0))
    ranked = able[np.lexsort((able, -sign * both.odds.z[able], both.odds.probability[able], ~both.sure[able]))]
    everyday = found.plain[ranked]
    ranked = ranked[~everyday | (np.cumsum(everyday) <= limits.top // 2)]
    return [int(each) for each in ranked[: 10 * limits.top]]


def _told(
    found: Terms, said: Said, both: _Compared, term: int, side: str, *, about: dict[str, Any], seed: int
) -> dict[str, Any]:
    """The row of one word: its side, the word, its figures and what stands behind them."""
    sign = 1 if side == "customers" else -1
    odds, counts = both.odds, {name: int(each[term]) for name, each in both.counts.items()}
    detail = {
        **about,
        **counts,
        "people": tidy(both.people[side][term]),
        "z": tidy(sign * odds.z[term]),
        "probability_adjusted": tidy(both.adjusted[term]),
        "real": bool(both.sure[term]),
        "everyday": bool(found.plain[term]),
        "examples": _examples(found, said, term, own=both.sides[side], seed=seed),
    }
    figures = sign * odds.value[term], *sorted((sign * odds.low[term], sign * odds.high[term]))
    return {"side": side, "word": found.spelled(term), "n": sum(counts.values()), "figures": figures, "detail": detail}


def _examples(found: Terms, said: Said, term: int, *, own: Chosen, seed: int) -> list[str]:
    """Some texts that have the term, drawn by seed."""
    texts = found.texts(term, own)
    drawn = np.random.default_rng([seed, len(texts)]).permutation(texts)[:_SHOWN]
    return [said.shown[each] for each in sorted(drawn.tolist())]


def _table(told: list[dict[str, Any]], question: Question, voice: str) -> pa.Table:
    if not told:
        return nothing()
    keys = pa.table({name: pa.array([each[name] for each in told], TEXT) for name in (*question.by, "side", "word")})
    value, low, high = np.array([each["figures"] for each in told], float).T
    n = np.array([each["n"] for each in told], float)
    return rows(
        keys,
        Interval(value, low, high, n, np.zeros(len(n))),
        n=n,
        measured_in=["log-odds"] * len(told),
        detail=[each["detail"] for each in told],
        heading=Heading("language_gap", salt=f"{voice}|{salt(question)}"),
    )

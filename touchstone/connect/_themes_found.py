"""Which texts make up a theme: words that keep the same company, said more of one thing than of another.

What is found depends on the texts alone; the last run gives the ids, so that the same texts make the same themes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from touchstone.connect._themes_heard import Heard
from touchstone.core.ask import Ask
from touchstone.language.terms import leading
from touchstone.rules.themes import Edit, Labels
from touchstone.science.company import companies, mutual_information
from touchstone.science.spread import Unevenness, unevenness
from touchstone.science.words import log_odds

Numbers = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Places = npt.NDArray[np.int64]
_SAME_TEXTS, _SAME_WORDS = 0.25, 0.4  # of both together, by which a theme is known again
_TELLING, _JUDGED = 10, 5  # words a theme is told by; those whose company is judged
_SHARE = 0.1  # of unevenness at least, however many texts make it sure
_TWICE, _SAID = 0.69, 0.1  # log-odds; share of a theme's texts that say a word by which it is told
_TELLS = ("product", "level")  # where none of these is known, what is a habit of speech cannot be told
_LINKS = """select "left" as id, regexp_extract(reason, '"found": "([0-9a-f]+)"', 1) as theme, probability from link
    where layer = 'theme' order by "left" """

_TOLD = """select map_extract("by", 'theme')[1] as theme, detail from metric
    where name = 'theme' and maker = 'themes@1' and cardinality("by") = 1 order by id"""


@dataclass(frozen=True)
class Grouped:
    """By text the id of its theme (empty: none) before any edit, and how likely it is of it."""

    theme: Labels
    probability: Numbers
    name: dict[str, str] = field(default_factory=dict)  # of themes of the last run


@dataclass(frozen=True)
class Limits:
    """What a theme is: at most so many, of so many texts, so near, so coherent, so uneven."""

    most: int
    near: float
    fewest: int
    alike: float
    coherent: float
    uneven: float


@dataclass(frozen=True)
class Candidate:
    """A group of words that keep the same company: how likely each text speaks of it, its words, and what they are."""

    chance: Numbers
    own: Flags
    words: list[str]
    coherence: float
    spread: Unevenness | None  # None where nothing tells

    def stands(self, limits: Limits, *, least: float) -> bool:
        """Whether this is a theme, with `least` of what the limits ask."""
        if self.spread is None or limits.uneven <= 0:
            uneven = True
        else:
            uneven = self.spread.z >= least * limits.uneven and self.spread.share >= least * _SHARE
        enough = self.own.sum() >= least * limits.fewest and self.coherence >= least * limits.coherent
        return bool(uneven and enough)


def known(ask: Ask, heard: Heard) -> Grouped:
    """The themes of the last run, of the texts that are heard now."""
    theme, probability = np.full(len(heard.id), "", object), np.zeros(len(heard.id))
    rows = ask.lake(_LINKS)
    place = {id: at for at, id in enumerate(heard.id)} if len(rows) else {}
    for id, own, chance in zip(*(rows[name].to_pylist() for name in ("id", "theme", "probability")), strict=True):
        if (at := place.get(id)) is not None:
            theme[at], probability[at] = own, chance
    told = {row["theme"]: json.loads(row["detail"]) for row in ask.lake(_TOLD).to_pylist()}
    return Grouped(theme, probability, {id: detail["name"] for id, detail in told.items() if not detail["renamed"]})


def found(heard: Heard, former: Grouped, edits: Sequence[Edit], limits: Limits) -> Grouped:
    """The themes of now, each text with the one it most likely speaks of; those of the last run keep their ids.

    What was a theme stays one with half of what a new one needs, and what people decided about stays always.
    """
    candidates = _candidates(heard, limits)
    fresh = [each for each in candidates if each.stands(limits, least=1.0)]
    rest = [each for each in candidates if not each.stands(limits, least=1.0)]
    decided = {each.theme: set(each.telling) for each in edits}
    called = _recognised([*fresh, *rest], former, decided, sure=len(fresh))
    kept: list[tuple[bool, Candidate, str]] = []
    taken = {*called, *former.theme.tolist()}
    for place, (each, id) in enumerate(zip([*fresh, *rest], called, strict=True)):
        if id and (id in decided or each.stands(limits, least=0.5)):
            kept.append((False, each, id))
        elif place < len(fresh):
            kept.append((True, each, _fresh(set(each.words), taken)))
            taken.add(kept[-1][2])
    kept = sorted(kept, key=lambda each: (each[0], -int(each[1].own.sum()), each[2]))[: limits.most]
    theme, probability = np.full(len(heard.id), "", object), np.zeros(len(heard.id))
    for _, each, id in kept:
        nearer = each.own & (each.chance > probability)
        theme[nearer], probability[nearer] = id, each.chance[nearer]
    for new, _, id in kept:  # of which others have taken too much is none
        if id not in decided and (theme == id).sum() < limits.fewest * (1.0 if new else 0.5):
            theme[theme == id] = ""
    return Grouped(theme, np.where(theme == "", 0.0, probability), former.name)


def _candidates(heard: Heard, limits: Limits) -> list[Candidate]:
    """Groups of two words or more, the widest first."""
    together = np.asarray((heard.near.T @ heard.near).todense())
    # Places are texts, not only those stretches that have telling words: what always goes with another is no chance.
    group = companies(together, max(len(heard.stretch), len(heard.id)), alike=limits.alike)
    made = []
    for columns in (np.flatnonzero(group == each) for each in range(int(group.max(initial=-1)) + 1)):
        phrases = [set(heard.found.spelled(int(term)).split()) for term in heard.telling[columns]]
        if len(set().union(*phrases)) > 1 and (each := _candidate(heard, columns, phrases, limits)) is not None:
            made.append(each)
    return sorted(made, key=lambda each: (-int(each.own.sum()), each.words))


def _candidate(heard: Heard, columns: Places, phrases: list[set[str]], limits: Limits) -> Candidate | None:
    """The group told by these words; None where too few texts say enough of them."""
    held = heard.near[:, columns]
    doubt = np.zeros(held.shape[0])
    for column, phrase in enumerate(phrases):
        others = [other for other, its in enumerate(phrases) if not phrase & its]
        says = held[:, [column]].toarray()[:, 0] > 0
        company = np.asarray(held[:, others].sum(axis=1)).ravel() > 0
        doubt[says] += np.log(1 - (says & company).sum() / (says.sum() + 2))
    chance = np.zeros(len(heard.id))
    np.maximum.at(chance, heard.stretch, 1 - np.exp(doubt))
    own = chance >= limits.near
    if own.sum() < max(2.0, limits.fewest / 2):
        return None
    told = telling(heard, own, among=columns)
    return Candidate(chance, own, words(heard, own, told), coherence(heard, told), _spread(heard, own))


def _spread(heard: Heard, own: Flags) -> Unevenness | None:
    """The surest unevenness of the texts over products, levels, units or time.

    Against what is usual in their sources and languages, word for word: who writes more says more of everything.
    """
    if not any(name in heard.about for name in _TELLS):
        return None
    made = []
    for code in heard.about.values():
        known = code >= 0
        wide, strata = int(code.max()) + 1, int(heard.among.max()) + 1
        usual = np.zeros((strata, wide))
        np.add.at(usual, (heard.among[known], code[known]), heard.words[known])
        usual /= np.fmax(usual.sum(axis=1, keepdims=True), 1.0)
        texts = own & known
        likely = np.bincount(heard.among[texts], minlength=strata) @ usual
        made.append(unevenness(np.bincount(code[texts], minlength=wide), likely))
    return max(made, key=lambda each: (each.share >= _SHARE, each.z))


def _recognised(
    candidates: Sequence[Candidate], former: Grouped, decided: dict[str, set[str]], *, sure: int
) -> list[str]:
    """By candidate the id of the theme it was (empty: none): the `sure` ones choose first, the nearest two at once.

    A theme of which no text is left but that people decided about is known by its words, and any by all words that it
    was born with.
    """
    called = [""] * len(candidates)
    names, label = np.unique(former.theme.astype(str), return_inverse=True)
    size = np.bincount(label, minlength=len(names))
    pairs = []
    for place, each in enumerate(candidates):
        both = np.bincount(label[each.own], minlength=len(names))
        for at in np.flatnonzero(both).tolist():
            alike = both[at] / (size[at] + each.own.sum() - both[at])
            if names[at] and alike >= _SAME_TEXTS:
                pairs.append((place >= sure, -alike, place, str(names[at])))
        for id, words in decided.items():
            alike = len(set(each.words) & words) / max(1, len(set(each.words) | words))
            if alike >= _SAME_WORDS:
                pairs.append((place >= sure, 1 - alike, place, id))  # texts first
        if (born := _fresh(set(each.words), set())) in names:
            pairs.append((place >= sure, 2.0, place, born))  # most of its texts are told nearer by other themes
    for _, _, place, id in sorted(pairs):
        if not called[place] and id not in called:
            called[place] = id
    return called


def _fresh(words: set[str], taken: set[str]) -> str:
    """An id that follows from the theme's words at its birth."""
    for turn in range(len(taken) + 1):
        id = hashlib.sha256("\x1f".join(["theme", str(turn), *sorted(words)]).encode()).hexdigest()[:12]
        if id not in taken:
            break
    return id


def telling(heard: Heard, chosen: Flags, *, among: Places | None = None) -> list[int]:
    """The columns of the words that tell the chosen texts most: what many of them say and others seldom.

    Share of the texts times log-odds, what a word adds to their difference from the others (Kullback & Leibler 1951).
    Each is surely said twice as often as by others; with `among` they are of these columns.
    """
    counts = np.asarray(heard.said @ chosen.astype(float)).ravel()
    others = heard.frequent - counts
    size = max(float(chosen.sum()), 1.0), max(float((~chosen).sum()), 1.0)
    odds = log_odds(counts, others, total=(max(size[0], counts.sum()), max(size[1], others.sum())))
    order = np.lexsort((heard.telling, -np.nan_to_num(counts * odds.value, nan=-np.inf)))
    more = odds.low > _TWICE if among is None else (odds.value > 0) & np.isin(np.arange(len(counts)), among)
    more &= counts > max(1.0, _SAID * chosen.sum())
    return [int(at) for at in order.tolist() if more[at]]


def words(heard: Heard, chosen: Flags, columns: Sequence[int]) -> list[str]:
    """The first ten of these words as they are written, none that says what another says."""
    ranked = [int(heard.telling[at]) for at in columns[: 4 * _TELLING]]
    return [heard.found.spelled(term) for term in leading(heard.found, ranked, chosen[heard.piece], most=_TELLING)]


def coherence(heard: Heard, columns: Sequence[int]) -> float:
    """How much the first five words keep company in texts, -1 to 1: mean normalised mutual information."""
    chosen = heard.said[list(columns[:_JUDGED])]
    found = mutual_information(np.asarray((chosen @ chosen.T).todense()), len(heard.id))
    return round(float(found[np.tril_indices(len(found), -1)].mean()), 4) if len(found) > 1 else 0.0

"""Which texts make up a theme, and which theme of the last run it is, by texts near its former ones."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from touchstone.connect._themes_heard import Heard
from touchstone.core.ask import Ask
from touchstone.language.directions import directions
from touchstone.language.terms import leading
from touchstone.rules.themes import Edit, Labels
from touchstone.science.clusters import clusters, means, nearest, probability
from touchstone.science.words import log_odds

Numbers = npt.NDArray[np.float64]
_SAME_WORDS = 0.4  # of telling words, where nothing but words is left of a theme
_TELLING = 10
_LINKS = """select "left" as id, regexp_extract(reason, '"found": "([0-9a-f]+)"', 1) as theme, probability from link
    where layer = 'theme' order by "left" """


@dataclass(frozen=True)
class Grouped:
    """By text the id of its theme (empty: none) before any edit, and how likely it is of it."""

    theme: Labels
    probability: Numbers


def known(ask: Ask, heard: Heard) -> Grouped:
    """The themes of the last run, of the texts that are heard now."""
    theme, probability = np.full(len(heard.id), "", object), np.zeros(len(heard.id))
    rows = ask.lake(_LINKS)
    place = {id: at for at, id in enumerate(heard.id)} if len(rows) else {}
    for id, own, chance in zip(*(rows[name].to_pylist() for name in ("id", "theme", "probability")), strict=True):
        if (at := place.get(id)) is not None:
            theme[at], probability[at] = own, chance
    return Grouped(theme, probability)


@dataclass(frozen=True)
class Limits:
    """What a theme is: at most so many, of so many texts, so near to their middle, with words that go together."""

    most: int
    near: float
    fewest: int
    coherent: float


def found(heard: Heard, former: Grouped, edits: Sequence[Edit], limits: Limits, *, seed: int) -> Grouped:
    """The themes of now: first those of the last run, each where its texts are; then groups among the texts left."""
    spoken = np.concatenate([heard.language, np.full(heard.found_texts - len(heard.id), -1)])
    rows = directions(heard.found, heard.telling, texts=heard.found_texts, language=spoken)[: len(heard.id)]
    ids, own = np.unique(former.theme.astype(str), return_inverse=True)
    some = int(ids[0] == "") if len(ids) else 0  # the texts of no theme come first
    centres = means(rows, own - some, len(ids) - some)
    of = nearest(rows, centres, near=limits.near)
    rest = np.flatnonzero(of < 0)
    most = max(0, min(limits.most, math.isqrt(len(rows))) - len(centres))
    fresh = clusters(rows[rest], most=most, near=limits.near, fewest=limits.fewest, seed=seed)
    of[rest] = np.where(fresh.of >= 0, fresh.of + len(centres), -1)
    centres = np.concatenate([centres, fresh.centres])
    called = _called(heard, of, ids[some:].tolist(), edits, limits)
    names = np.array([*called, ""], object)
    return Grouped(names[of], probability(rows, centres, of, near=limits.near) * (names[of] != ""))


def _called(
    heard: Heard, of: npt.NDArray[np.int64], former: list[str], edits: Sequence[Edit], limits: Limits
) -> list[str]:
    """The id of each group: that it had, that of an edited theme of its words, or a new one; empty where it is none.

    What was a theme stays one a little longer, and what people decided about always.
    """
    called: list[str] = []
    decided = {each.theme: set(each.telling) for each in edits}
    for number in range(max(len(former), int(of.max(initial=-1)) + 1)):
        words = telling_words(heard, of == number, most=_TELLING)
        taken = {*called, *former}
        fits = {id: _alike(set(words), own) for id, own in decided.items() if id not in taken}
        best = max(sorted(fits), key=lambda id: fits[id], default="")
        known = former[number] if number < len(former) else best if best and fits[best] >= _SAME_WORDS else ""
        least = limits.coherent / 2 if number < len(former) else limits.coherent
        kept = known in decided or (len(words) > 1 and coherence(heard, words) >= least)
        called.append((known or _fresh(set(words), taken)) if kept else "")
    return called


def _alike(words: set[str], others: set[str]) -> float:
    return len(words & others) / max(1, len(words | others))


def _fresh(words: set[str], taken: set[str]) -> str:
    """An id that follows from the theme's words at its birth."""
    for turn in range(len(taken) + 1):
        id = hashlib.sha256("\x1f".join(["theme", str(turn), *sorted(words)]).encode()).hexdigest()[:12]
        if id not in taken:
            break
    return id


def telling_words(heard: Heard, chosen: npt.NDArray[np.bool_], *, most: int) -> list[str]:
    """The words that the chosen texts say more than the others, surest first, none that says what another says."""
    own = np.zeros(heard.found_texts, np.bool_)
    own[: len(chosen)] = chosen
    rest = np.zeros(heard.found_texts, np.bool_)
    rest[: len(chosen)] = ~chosen
    counts, others = (heard.found.counts(each)[heard.telling] for each in (own, rest))
    size = max(float(chosen.sum()), 1.0), max(float((~chosen).sum()), 1.0)
    odds = log_odds(counts, others, total=(max(size[0], counts.sum()), max(size[1], others.sum())))
    order = np.lexsort((heard.telling, -np.nan_to_num(odds.z, nan=-np.inf)))
    ranked = [int(heard.telling[at]) for at in order[: 4 * most].tolist() if odds.value[at] > 0 and counts[at] > 1]
    return [heard.found.spelled(term) for term in leading(heard.found, ranked, own, most=most)]


def coherence(heard: Heard, words: Sequence[str]) -> float:
    """How much the first five words keep company, -1 to 1: mean normalised mutual information (Bouma 2009)."""
    said = [heard.says((word,)) for word in words[:5]]
    share = [float(each.mean()) for each in said]
    found = []
    for one in range(len(said)):
        for two in range(one):
            both = float((said[one] & said[two]).mean())
            alone = share[one] * share[two]
            found.append(-1.0 if both == 0 else 1.0 if both == 1 else np.log(both / alone) / -np.log(both))
    return round(float(np.mean(found)), 4) if found else 0.0

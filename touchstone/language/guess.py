"""Which ready-made taxonomy a company's words belong to, so that the first report needs no settings."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from touchstone.core import taxonomy as taxonomies
from touchstone.core.taxonomy import Taxonomy

_WORD = re.compile(r"[^\W\d_]+")
FALLBACK = "contact_centre"


def best_taxonomy(texts: Sequence[str], *, named: list[str] | None = None) -> str:
    """The name of the ready-made taxonomy whose terms the texts use most.

    A term is worth less the more taxonomies share it. `named` are touchpoints the source itself names; each counts as
    twenty texts, and as twenty more where it is a touchpoint of the taxonomy.
    """
    named = named or []
    all_terms = {name: _terms(taxonomies.load(name)) for name in taxonomies.ready_made()}
    shared = Counter(term for terms in all_terms.values() for term in terms)
    used = Counter(term for text in [*texts, *(named * 20)] for term in _grams(text))
    scores = {
        name: sum(used[term] / shared[term] ** 2 for term in terms) + 20 * len(taxonomies.load(name).match(named))
        for name, terms in all_terms.items()
    }
    best = max(scores, key=lambda name: (scores[name], name), default=FALLBACK)
    return best if scores.get(best) else FALLBACK


def _terms(taxonomy: Taxonomy) -> set[str]:
    """One- and two-word terms of a taxonomy: its cue words in every language, names and components."""
    phrases = [phrase for each in taxonomy for words in each.words.values() for phrase in words]
    phrases += [phrase for each in taxonomy for phrase in (each.name, *each.components)]
    return {_plain(phrase) for phrase in phrases if len(phrase) > 2}


def _grams(text: str) -> set[str]:
    words = _WORD.findall(text.casefold())[:400]
    return {*words, *(f"{left} {right}" for left, right in pairwise(words))}


def _plain(phrase: str) -> str:
    return " ".join(_WORD.findall(phrase.casefold()))

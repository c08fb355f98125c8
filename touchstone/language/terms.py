"""Which words and two-word runs each text has, and the few that say most of them: small and everyday words stay out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache, cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from touchstone.language.model import load
from touchstone.language.tokens import Hashes, Tokens, pairs, tokenise
from touchstone.language.words import hashes, split_all

Places = NDArray[np.int64]

_SMALL = """
a about above after again against all almost along already also although always am an and another any anyone anything
are around as at away back be because been before being below between both but by came can cannot come could did do
does doing done don down each either else enough even ever every everyone everything few first for from get gets
getting give go goes going gone got had has have having he her here hers him his how i if in into is it its itself just
keep last least less let like ll made make makes many may maybe me might mine more most much must my myself near never
next no nobody none nor not nothing now of off often on once one only onto or other our ours out over own per please
put quite rather re really said same say says see seem seen shall she should since so some someone something still such
take than that the their them then there these they thing things this those though through to today together told too
took towards under until up upon us use used ve very via want was way we well went were what when where whether which
while who whole whom whose why will with within without would yes yet you your yours didn doesn isn wasn won wouldn
couldn shouldn hasn haven aren weren ain im ive id two three
au aux avec ce ces cet cette dans de des du elle elles en est et eu il ils je la le les leur leurs lui ma mais me mes
moi mon ne nos notre nous on ont ou par pas plus pour qu que qui sa sans se ses son sont sur ta te tes toi ton tu un
une vos votre vous ai as ete etait ete ici meme tout tous toute comme si donc
al con como cual cuando del desde donde el ella ellos en entre era es esa ese eso esta este esto fue ha han hasta hay
las lo los mas mi mis muy nada ni nos o para pero por porque que quien se sin sobre su sus tambien te ti tiene todo
todos tu un una uno y ya yo no si al le les me
aber alle als am auch auf aus bei bin bis da das dass dem den der des dich die dir doch du ein eine einem einen einer
er es fur hat ich ihm ihn ihr im ist ja kann mein mich mir mit nach nicht noch nun nur oder ohne sehr sein sich sie
sind so uber um und uns unter vom von vor war was wenn wer wie wir wird zu zum zur
"""


_ADDRESSED = r"(?i)\b(?:https?://|www\.)\S+|[\w.+-]*@[\w.]+|&[a-z]+;"  # links, addresses, handles, marks of HTML
_NEARLY = 0.7  # of the texts of one term are another's: they say one thing
_MOSTLY = 0.5  # of the texts of a word have it in this run: the run says more
_LOOKED_AT = 100  # occurrences of a term, by which its spelling is told


@dataclass(frozen=True)
class Terms:
    """Each text's words and runs, once each: `text` and `term` side by side; `runs` tells which terms are two words."""

    text: Places
    term: Places
    runs: NDArray[np.bool_]  # by term
    plain: NDArray[np.bool_]  # by term: made of everyday words alone
    _tokens: Tokens
    _owner: Places  # the term of each occurrence in turn, …
    _first: Places  # … and its first and …
    _last: Places  # … last token
    _spelling: dict[int, str] = field(default_factory=dict)

    @cached_property
    def _order(self) -> Places:
        return np.argsort(self._owner, kind="stable")

    @cached_property
    def _owners(self) -> Places:
        return self._owner[self._order]

    def spelled(self, term: int) -> str:
        """How a term is mostly written, without capitals; of spellings as frequent the first of the alphabet."""
        if term not in self._spelling:
            self._spelling[term] = self._spelled(term)
        return self._spelling[term]

    def _spelled(self, term: int) -> str:
        start, stop = np.searchsorted(self._owners, [term, term + 1])
        places = self._order[start:stop][:_LOOKED_AT]
        data = self._tokens.data
        begins, ends = self._tokens.start[self._first[places]], self._tokens.stop[self._last[places]]
        spans = (bytes(data[a:b]) for a, b in zip(begins.tolist(), ends.tolist(), strict=True))
        written = Counter(" ".join(span.decode("utf-8", "replace").lower().split()) for span in spans)
        return min(written, key=lambda each: (-written[each], each))

    def counts(self, chosen: NDArray[np.bool_]) -> NDArray[np.float64]:
        """In how many of the chosen texts each term stands."""
        return np.bincount(self.term[chosen[self.text]], minlength=len(self.runs)).astype(float)

    def squares(self, chosen: NDArray[np.bool_], person: Places) -> NDArray[np.float64]:
        """The sum over people of the square of how many of their chosen texts have each term; `person` by text."""
        kept, wide = chosen[self.text], len(self.runs)
        who, times = np.unique(person[self.text[kept]] * max(wide, 1) + self.term[kept], return_counts=True)
        return np.bincount(who % max(wide, 1), weights=times.astype(float) ** 2, minlength=wide).astype(float)

    def texts(self, term: int, chosen: NDArray[np.bool_]) -> Places:
        """The chosen texts in which a term stands."""
        start, stop = np.searchsorted(self._by_term[0], [term, term + 1])
        found = self._by_term[1][start:stop]
        return np.asarray(found[chosen[found]], np.int64)

    @cached_property
    def _by_term(self) -> tuple[Places, Places]:
        order = np.argsort(self.term, kind="stable")
        return self.term[order], self.text[order]


def terms(texts: pa.Array, *, apart: Iterable[str] = (), everyday: bool = False) -> Terms:
    """The telling words and two-word runs of each text; small and everyday words, numbers and those `apart` stay out.

    A run is parted by one space, has no small word in it, and one word at least that tells by itself. Everyday words
    are those by which the language room tells languages; with `everyday` they tell like any other.
    """
    tokens = tokenise(pc.replace_substring_regex(texts, _ADDRESSED, "\n"))
    words, word = np.unique(tokens.hash, return_inverse=True)  # each word is looked up once
    spoken = _spoken(tokens) & ~np.isin(words, _hashed(_SMALL.split()))[word]
    telling = spoken & ~np.isin(words, _hashed(apart))[word]
    common = np.isin(words, _everyday())[word]
    own = telling if everyday else telling & ~common
    run = np.zeros(len(own), np.bool_)
    spaced = tokens.data[tokens.stop[:-1]] == ord(" ")
    near = spaced & (tokens.start[1:] == tokens.stop[:-1] + 1) & ~tokens.clause_begins[1 : len(own)]
    run[1:] = spoken[1:] & spoken[:-1] & near & (own[1:] | own[:-1])
    singles, doubles = np.flatnonzero(own), np.flatnonzero(run)
    two, _ = pairs(tokens.hash, tokens.clause_begins[: len(own)])
    codes, owner = np.unique(np.concatenate([tokens.hash[singles], two[doubles]]), return_inverse=True)
    places = np.concatenate([singles, doubles])
    runs, plain, width = np.zeros(len(codes), np.bool_), np.zeros(len(codes), np.bool_), max(len(codes), 1)
    runs[owner[len(singles) :]] = True
    once = np.unique(tokens.text[places].astype(np.int64) * width + owner)
    first = np.concatenate([singles, doubles - 1])
    plain[owner] = common[first] & common[places]
    return Terms(once // width, once % width, runs, plain, tokens, owner.astype(np.int64), first, places)


def leading(found: Terms, ranked: Iterable[int], chosen: NDArray[np.bool_], *, most: int) -> list[int]:
    """The first `most` of the ranked terms, without those that say what another says: same word, nearly same texts.

    Of a word and a run that stand in nearly the same texts the run stays, for it says more.
    """
    kept: list[tuple[set[str], set[int], int]] = []
    for term in ranked:
        words, texts = set(found.spelled(term).split()), set(found.texts(term, chosen).tolist())
        alike = [each for each in kept if each[0] & words and _together(each[1], texts)]
        if all(each[0] < words and len(texts) >= _MOSTLY * len(each[1]) for each in alike):
            place = kept.index(alike[0]) if alike else len(kept)
            kept = [each for each in kept if each not in alike]
            kept.insert(place, (words, texts, term))
        if len(kept) > most:
            break
    return [term for _, _, term in kept[:most]]


def _together(some: set[int], others: set[int]) -> bool:
    return len(some & others) >= _NEARLY * min(len(some), len(others))


def _spoken(tokens: Tokens) -> NDArray[np.bool_]:
    """Which tokens are words of two letters or more, and no number."""
    letter = tokens.data[tokens.start] if len(tokens.start) else np.zeros(0, np.uint8)
    sign = (letter == 0xE2) | (letter >= 0xF0)  # arrows, hearts and faces
    told: NDArray[np.bool_] = (letter >= ord("A")) & ~sign & (tokens.stop - tokens.start >= 2)
    return told


@cache
def _everyday() -> Hashes:
    return np.asarray(load().arrays["steering_keys"], np.uint64)


def _hashed(words: Iterable[str]) -> Hashes:
    """Hashes of every word in these, phrases taken apart."""
    parts = sorted({part for phrase in split_all(list(words)) for part in phrase})
    return hashes(parts) if parts else np.zeros(0, np.uint64)

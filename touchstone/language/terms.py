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

SMALL = """
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


_GERMAN = "auch auf der ich ist mit nicht und wir"  # words that few German texts are without: there nouns have capitals
_SHOUTED, _PARDONED = 0.25, 2  # share of the words within clauses, and words beside; with more capitals none tells
_SEEN = 3  # places where a capital would tell, from which on a name is told
_STEM = 4  # letters of a word without its s, at least
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
    tokens: Tokens
    owner: Places  # the term of each occurrence in turn, …
    first: Places  # … and its first and …
    last: Places  # … last token
    _spelling: dict[int, str] = field(default_factory=dict)

    @cached_property
    def _order(self) -> Places:
        return _order(self.owner)

    @cached_property
    def _owners(self) -> Places:
        return self.owner[self._order]

    @cached_property
    def names(self) -> NDArray[np.bool_]:
        """By term: mostly written with a capital where no clause begins, each word of it: people, places, companies.

        Texts whose capitals tell nothing are passed over: without any, with very many, and German ones.
        """
        capital, told = self._capitals
        owner, wide = self.owner[told], len(self.runs)
        both = (capital[self.first] & capital[self.last])[told]
        seen, named = np.bincount(owner, minlength=wide), np.bincount(owner[both], minlength=wide)
        return np.asarray((seen >= _SEEN) & (2 * named > seen))

    def called(self, names: Iterable[str]) -> NDArray[np.bool_]:
        """By term: it holds a word of these names, but for words that texts mostly write small: those say more.

        A department of parts makes "parts" no name. What is never seen where a capital would tell is one.
        """
        wanted, capital, hash = np.unique(hashed(names)), self._capitals[0], self.tokens.hash
        inside = np.zeros(len(hash), np.bool_)
        inside[self.last[self._capitals[1]]] = True
        inside &= np.isin(hash, wanted)
        word = np.searchsorted(wanted, hash[inside])
        seen, named = (np.bincount(each, minlength=len(wanted)) for each in (word, word[capital[inside]]))
        held = np.isin(hash, wanted[~((seen >= _SEEN) & (2 * named <= seen))])
        uses = np.bincount(self.owner, held[self.first] | held[self.last], minlength=len(self.runs))
        return np.asarray(2 * uses > np.bincount(self.owner, minlength=len(self.runs)))

    @cached_property
    def _capitals(self) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """By token whether it has a capital; by occurrence of a term whether a capital would tell there."""
        tokens = self.tokens
        capital, inside = _capitals(tokens), ~tokens.clause_begins[: len(tokens.text)] & _spoken(tokens)
        size = len(tokens.offsets) - 1
        every, within, large = (
            np.bincount(tokens.text[each], minlength=size) for each in (capital, inside, capital & inside)
        )
        german = np.zeros(size, np.bool_)
        german[tokens.text[np.isin(tokens.hash, hashed(_GERMAN.split()))]] = True
        telling = (every > 0) & (large <= _SHOUTED * within + _PARDONED) & ~german
        return capital, (inside & telling[tokens.text])[self.last]

    def spelled(self, term: int) -> str:
        """How a term is mostly written, without capitals; of spellings as frequent the first of the alphabet."""
        if term not in self._spelling:
            self._spelling[term] = self._spelled(term)
        return self._spelling[term]

    def _spelled(self, term: int) -> str:
        start, stop = np.searchsorted(self._owners, [term, term + 1])
        places = self._order[start:stop][:_LOOKED_AT]
        data = self.tokens.data
        begins, ends = self.tokens.start[self.first[places]], self.tokens.stop[self.last[places]]
        spans = (bytes(data[a:b]) for a, b in zip(begins.tolist(), ends.tolist(), strict=True))
        written = Counter(" ".join(span.decode("utf-8", "replace").lower().split()) for span in spans)
        return min(written, key=lambda each: (-written[each], each))

    def counts(self, chosen: NDArray[np.bool_]) -> NDArray[np.float64]:
        """In how many of the chosen texts each term stands."""
        return np.bincount(self.term[chosen[self.text]], minlength=len(self.runs)).astype(float)

    def squares(self, chosen: NDArray[np.bool_], person: Places) -> NDArray[np.float64]:
        """The sum over people of the square of how many of their chosen texts have each term; `person` by text."""
        kept, wide = chosen[self.text], len(self.runs)
        who, times = _distinct(person[self.text[kept]] * max(wide, 1) + self.term[kept])
        return np.bincount(who % max(wide, 1), weights=times.astype(float) ** 2, minlength=wide).astype(float)

    def texts(self, term: int, chosen: NDArray[np.bool_]) -> Places:
        """The chosen texts in which a term stands."""
        start, stop = np.searchsorted(self._by_term[0], [term, term + 1])
        found = self._by_term[1][start:stop]
        return np.asarray(found[chosen[found]], np.int64)

    @cached_property
    def _by_term(self) -> tuple[Places, Places]:
        order = _order(self.term)
        return self.term[order], self.text[order]


def terms(texts: pa.Array, *, apart: Iterable[str] = (), everyday: bool = False, plurals: bool = False) -> Terms:
    """The telling words and two-word runs of each text; small and everyday words, numbers and those `apart` stay out.

    A run is parted by one space, has no small word in it, and one word at least that tells by itself. Everyday words
    are those by which the language room tells languages; with `everyday` they tell like any other. With `plurals` a
    word and the same with an s are one word, where both are said (the S stemmer: Harman 1991).
    """
    tokens = tokenise(pc.replace_substring_regex(texts, _ADDRESSED, "\n"))
    said = _singular(tokens) if plurals else tokens.hash
    words, word = _numbered(said)  # each word is looked up once
    spoken = _spoken(tokens) & ~np.isin(words, hashed(SMALL.split()))[word]
    telling = spoken & ~np.isin(words, hashed(apart))[word]
    common = np.isin(words, _everyday())[word]
    own = telling if everyday else telling & ~common
    run = np.zeros(len(own), np.bool_)
    spaced = tokens.data[tokens.stop[:-1]] == ord(" ")
    near = spaced & (tokens.start[1:] == tokens.stop[:-1] + 1) & ~tokens.clause_begins[1 : len(own)]
    run[1:] = spoken[1:] & spoken[:-1] & near & (own[1:] | own[:-1])
    singles, doubles = np.flatnonzero(own), np.flatnonzero(run)
    two, _ = pairs(said, tokens.clause_begins[: len(own)])
    codes, owner = _numbered(np.concatenate([said[singles], two[doubles]]))
    places = np.concatenate([singles, doubles])
    runs, plain, width = np.zeros(len(codes), np.bool_), np.zeros(len(codes), np.bool_), max(len(codes), 1)
    runs[owner[len(singles) :]] = True
    once, _ = _distinct(tokens.text[places].astype(np.int64) * width + owner)
    first = np.concatenate([singles, doubles - 1])
    plain[owner] = common[first] & common[places]
    return Terms(once // width, once % width, runs, plain, tokens, owner, first, places)


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


def _numbered(hashes: Hashes) -> tuple[Hashes, Places]:
    """The different hashes in order, and the place of each among them; `np.unique` takes three times as long."""
    held = pa.array(hashes).dictionary_encode()
    found = held.dictionary.to_numpy()
    order = np.argsort(found)
    place = np.empty(len(found), np.int64)
    place[order] = np.arange(len(found))
    return found[order], place[held.indices.to_numpy()]


def _distinct(numbers: Places) -> tuple[Places, Places]:
    """The different numbers in order, and how often each occurs."""
    ordered = np.sort(numbers)
    first = np.flatnonzero(np.diff(ordered, prepend=-1))  # none is negative
    return ordered[first], np.diff(first, append=len(ordered))


def _order(numbers: Places) -> Places:
    """The places of numbers below 2 ** 32 in their order, alike ones as they stood: NumPy sorts 16 bits by radix."""
    order = np.argsort((numbers & 0xFFFF).astype(np.uint16), kind="stable")
    return order[np.argsort((numbers >> 16).astype(np.uint16)[order], kind="stable")]


def _capitals(tokens: Tokens) -> NDArray[np.bool_]:
    """Which tokens begin with a capital that no other follows."""
    after = np.append(tokens.data, np.full(4, 32, np.uint8))
    first, second = after[tokens.start], after[tokens.start + 1]
    wide = first == 0xC3  # É, in two bytes
    large = ((first >= ord("A")) & (first <= ord("Z"))) | (wide & (second >= 0x80) & (second <= 0x9E))
    follows = np.where(wide, after[tokens.start + 2], second)
    return np.asarray(large & ~((follows >= ord("A")) & (follows <= ord("Z"))))


def _singular(tokens: Tokens) -> Hashes:
    """Each token's hash, without its last s where what is left is said as well."""
    stop, long = tokens.stop, tokens.stop - tokens.start > _STEM
    last, former = tokens.data[stop - 1], tokens.data[np.maximum(stop - 2, 0)]
    places = np.flatnonzero(long & ((last | 32) == ord("s")) & ((former | 32) != ord("s")))
    short = tokens.prefix(places, 1)
    held = pc.is_in(pa.array(short), value_set=pa.array(tokens.hash)).to_numpy(zero_copy_only=False)
    said = tokens.hash.copy()
    said[places[held]] = short[held]
    return said


@cache
def _everyday() -> Hashes:
    return np.asarray(load().arrays["steering_keys"], np.uint64)


def hashed(words: Iterable[str]) -> Hashes:
    """Hashes of every word in these, phrases taken apart."""
    parts = sorted({part for phrase in split_all(list(words)) for part in phrase})
    return hashes(parts) if parts else np.zeros(0, np.uint64)

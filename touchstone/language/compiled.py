"""A model folded with a taxonomy into one table; reading a text is adding up its rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from touchstone.core.taxonomy import Taxonomy
from touchstone.language import learned, meaning, network, plain
from touchstone.language.cues import Cues, cues, merged, nearest, products, specific, unit
from touchstone.language.found import Found, Part, Table, packed
from touchstone.language.groups import Groups
from touchstone.language.index import Index
from touchstone.language.learned import curve
from touchstone.language.meaning import Meaning
from touchstone.language.message import message
from touchstone.language.model import HEADS, KINDS, TURNED, Model
from touchstone.language.native import Kernel, kernel
from touchstone.language.network import Near, Windows
from touchstone.language.reading import Reading, TaughtMood
from touchstone.language.walk import BLOCKS, Lexicon, Walk, evidence
from touchstone.language.words import salt

Numbers = npt.NDArray[np.float32]
Places = npt.NDArray[np.integer]
_STEEP, _POINT = 8.0, 0.6  # how a touchpoint's cues become a decision
_COARSE = 96  # first dimensions of the rows, enough to tell which words are near to one another
_BY_CUES, _BY_MEANING = (0.21, 0.53), (0.45, -0.6)  # how the logit of a decision becomes that of its being right


@dataclass(frozen=True, eq=False)
class Compiled:
    """Reads texts for one taxonomy."""

    model: Model
    taxonomy: Taxonomy
    lexicon: Lexicon
    table: Table
    kernel: Kernel | None  # None where NumPy reads
    meaning: Meaning | None = None  # of touchpoints without words, where they were not taught

    def calibrated(self, texts: pa.Array | pa.ChunkedArray) -> Compiled:
        """This, knowing from unlabelled texts how frequent each touchpoint is; words and examples need no such help."""
        return self.expecting(self.shares(texts))

    def shares(self, texts: pa.Array | pa.ChunkedArray) -> tuple[float, ...]:
        """How frequent each touchpoint without words, and none, is in texts; empty where nothing is learned."""
        if self.meaning is None or len((found := self.found(texts)).cues) == 0:
            return ()
        return tuple(meaning.learned_shares(self.meaning, meaning.levels(self.meaning, found)).tolist())

    def expecting(self, shares: Sequence[float]) -> Compiled:
        """This, with `shares` learned before; none of them change nothing."""
        if self.meaning is None or not shares:
            return self
        return replace(self, meaning=self.meaning._replace(shares=np.array(shares)))

    def read(self, texts: pa.Array | pa.ChunkedArray) -> Reading:
        """Everything the model finds in an Arrow array of strings; a null reads as an empty text."""
        texts = _whole(texts)
        return self._reading(texts, self.found(texts))

    def found(self, texts: pa.Array | pa.ChunkedArray, *, rows: bool = False) -> Found:
        """The clauses of an Arrow array of strings with their sums; `rows` keeps the table rows they add up."""
        texts = _whole(texts)
        return self.kernel.found(texts, rows=rows) if self.kernel else plain.found(texts, self.lexicon, self.table)

    def _reading(self, texts: pa.Array, found: Found) -> Reading:
        walked, taught = found.walk, self.model.taught
        said = message(found, self.model.facts.get("curves", {}))
        kinds, chance, promotional = said.score(KINDS), said.probability(KINDS), said.promotional
        first = len(self.meaning.places) if self.meaning else 0
        own = {
            head: found.taught[:, first + facts["first"] : first + facts["stop"]]
            for head, facts in taught.items()
            if "first" in facts
        }
        cues, likely = self._told(found, own.get("touchpoints"))
        if "kinds" in taught:
            kinds, chance = learned.kinds(taught["kinds"], kinds, chance, learned.by_text(walked, own["kinds"]))
        if "promotional" in taught:
            from touchstone.language import style  # only what was taught needs it

            facts, weights = taught["promotional"], self.model.arrays["taught_style"]
            promotional = style.probability(facts, weights, texts, promotional)
        return Reading(
            walk=walked,
            cues=cues,
            touchpoints=likely,
            certain=partial(self._certain, found, likely),
            moods=found.moods,
            taught=_mood(taught["polarity"], own["polarity"]) if "polarity" in taught else None,
            kinds=kinds,
            kind_probability=chance,
            promotional=promotional,
            message=said,
            languages=self.lexicon.languages,
            judging=network.shipped().arrays["judging"],
            near=partial(self._near, texts, walked),
        )

    def _told(self, found: Found, taught: Numbers | None) -> tuple[Numbers, Numbers]:
        """By clause and touchpoint: how much is spoken of it, and the decision."""
        cues = found.cues
        if self.meaning is not None and len(self.meaning.places) == cues.shape[1]:
            likely, cues = self._by_meaning(self.meaning, found)
            return cues, likely
        likely = curve(_STEEP * (cues - _POINT))
        if self.meaning is not None:
            cues, places = cues.copy("K"), self.meaning.places
            likely[:, places], cues[:, places] = self._by_meaning(self.meaning, found)
        if taught is not None:
            facts, cues = self.model.taught["touchpoints"], cues.copy("K")
            count = len(facts["names"])
            likely[:, :count], cues[:, :count] = learned.touchpoints(facts, found.walk, cues[:, :count], taught)
        return cues, likely

    def _by_meaning(self, held: Meaning, found: Found) -> tuple[Numbers, Numbers]:
        return self.kernel.told(held, found) if self.kernel else meaning.touchpoints(held, found)

    def _certain(self, found: Found, likely: Numbers, clause: Places, touchpoint: Places) -> Numbers:
        """How many such decisions are right, on labelled sets (see the model card)."""
        told = likely[clause, touchpoint]
        if self.meaning is not None and len(self.meaning.places) == likely.shape[1]:
            return _by_meaning(told)
        answer = curve(_BY_CUES[0] * _STEEP * (found.cues[clause, touchpoint] - _POINT) + _BY_CUES[1])
        if self.meaning is not None:
            answer = np.where(np.isin(touchpoint, self.meaning.places), _by_meaning(told), answer)
        if "touchpoints" in self.model.taught:
            answer = np.where(touchpoint < len(self.model.taught["touchpoints"]["names"]), told, answer)
        return answer

    def _near(self, texts: pa.Array, whole: Walk, groups: Groups, touchpoint: npt.NDArray[np.integer]) -> Near:
        """What the second tier makes of groups of clauses, each about a touchpoint."""
        held = network.taught(self.model.arrays)
        learned = self.learned if held is not network.shipped() else None
        seen = self.windows(texts, whole, groups, touchpoint, learned)
        return network.near(held, seen, self.places, len(groups.ends))

    def windows(
        self,
        texts: pa.Array,
        whole: Walk,
        groups: Groups,
        touchpoint: npt.NDArray[np.integer],
        learned: slice | None,
    ) -> Windows:
        """What the second tier sees of groups of clauses of a walk of `texts`, each about a touchpoint."""
        text = whole.clause_text[groups.clauses]
        chosen = np.unique(text)
        walked = self.found(texts.take(pa.array(chosen)), rows=True).walk
        first = np.searchsorted(whole.clause_text, text)
        now = np.searchsorted(walked.clause_text, np.searchsorted(chosen, text))
        moved = Groups(groups.clauses - first + now, groups.ends, len(walked.clause_text))
        held = network.words(walked, self.table, self.places, learned)
        return network.windows(held, walked, moved, touchpoint)

    @property
    def learned(self) -> slice | None:
        """The columns of the table that hold what was taught of the touchpoints."""
        facts = self.model.taught.get("touchpoints")
        first = self.table.own + self.table.touchpoints
        return slice(first + facts["first"], first + facts["stop"]) if facts else None

    @cached_property
    def places(self) -> npt.NDArray[np.int32]:
        """Where the lexicon's words stand in the second tier, -1 where it does not know them."""
        places = np.full(self.lexicon.count, -1, np.int32)
        keys = self.model.arrays["word_keys"]
        places[: len(keys)] = network.shipped().rows.find(keys)
        return places


def _by_meaning(told: Numbers) -> Numbers:
    """How many decisions by meaning are right, by how likely they were."""
    held = np.clip(told, 1e-6, 1 - 1e-6)
    return curve(_BY_MEANING[0] * np.log(held / (1 - held)) + _BY_MEANING[1])


def _whole(texts: pa.Array | pa.ChunkedArray) -> pa.Array:
    if isinstance(texts, pa.ChunkedArray):
        texts = texts.combine_chunks()
    if isinstance(texts, pa.ChunkedArray):
        texts = texts.chunk(0) if texts.num_chunks else pa.array([], pa.large_string())
    return texts


def _mood(facts: dict[str, Any], sums: Numbers) -> TaughtMood:
    return TaughtMood(sums, np.array(facts["bias"]), np.array(facts["near"]))


def compiled(model: Model, taxonomy: Taxonomy) -> Compiled:
    """The model with the taxonomy's touchpoints folded in."""
    held, facts = model.arrays, model.facts
    small = frozenset(int(key) for key in held["steering_keys"][: facts["small_words"]])
    written = cues(taxonomy, small_words=small)
    words, cue_rows = merged(held["word_keys"], written.word_keys)
    grams, gram_rows = merged(held["gram_keys"], written.gram_keys)
    count, touchpoints = len(words), written.word_weights.shape[1]
    every, phrases = tuple(block * count for block in range(BLOCKS)), BLOCKS * count
    told_by, taught = meaning.meaning(taxonomy), "touchpoints" in model.taught
    touch, near = _touchpoints(model, count, written, cue_rows, told_by)
    if taught:  # cues as when it learned; nearness is in what it learned
        told_by, near = None, near[:, :0]
    parts = [
        Part((0,), 0, held["head_words"], held["head_words_scale"]),
        Part((count,), 0, held["head_negated"], held["head_negated_scale"]),
        Part((phrases,), 0, held["head_grams"], held["head_grams_scale"]),
        Part(every, len(HEADS), touch),
        Part((phrases + gram_rows,), len(HEADS), written.gram_weights),
        Part(every, len(HEADS) + touchpoints, near),
        *_taught(model, count, len(HEADS) + touchpoints + near.shape[1]),
    ]
    stop = max(part.columns.stop for part in parts)
    folded = packed(parts, phrases + len(grams), touchpoints=touchpoints, taught=stop - len(HEADS) - touchpoints)
    lexicon = _lexicon(model, words, grams, written.stem_keys, cue_rows[written.stem_owners])
    return Compiled(model, taxonomy, lexicon, folded, kernel(lexicon, folded), told_by)


def _touchpoints(
    model: Model, count: int, written: Cues, rows: npt.NDArray[np.int32], told_by: Meaning | None
) -> tuple[Numbers, Numbers]:
    """The columns of touchpoints for `count` words: cues, and, where a taxonomy gives no words, nearness in meaning."""
    vectors, scales = model.arrays["word_vectors"], model.arrays["word_scales"]
    inside = rows < len(vectors)
    weights, near = written.word_weights.copy(), np.zeros((0, 0), np.float32)
    if told_by is not None:
        own, chosen = weights[:, told_by.places], rows[inside]
        described = vectors[chosen] * scales[chosen, None]
        centres = meaning.centres(described, own[inside], told_by.rest)
        near = products(vectors, centres)
        near *= scales[:, None]
        own[inside] = specific(own[inside], unit(described) @ centres.T)
        weights[:, told_by.places] = own
    touch = np.zeros((count, weights.shape[1]), np.float32)
    nearest(touch[: len(vectors)], vectors[:, :_COARSE], rows[inside], weights[inside])
    touch[rows] = weights
    return touch, near


def _taught(model: Model, count: int, column: int) -> list[Part]:
    """The taught columns; a negated word says the contrary where mood is taught, else the same."""
    if "taught_words" not in model.arrays:
        return []
    words, grams, worth = (model.arrays[f"taught_{name}"] for name in ("words", "grams", "scale"))
    turned = np.array(worth, np.float32)
    if "polarity" in model.taught:
        turned[model.taught["polarity"]["first"] : model.taught["polarity"]["stop"]] *= TURNED
    return [
        Part((0, 2 * count), column, words, worth),
        Part((count,), column, words, turned),
        Part((BLOCKS * count,), column, grams, worth),
    ]


def _lexicon(
    model: Model,
    words: npt.NDArray[np.uint64],
    grams: npt.NDArray[np.uint64],
    stem_keys: npt.NDArray[np.uint64],
    stem_rows: npt.NDArray[np.int32],
) -> Lexicon:
    held, languages = model.arrays, tuple(model.facts["languages"])
    return Lexicon(
        words=Index(words),
        stems=Index(np.concatenate([stem_keys, held["stem_keys"]]), np.concatenate([stem_rows, held["stem_rows"]])),
        grams=Index(grams),
        count=len(words),
        steering=Index(held["steering_keys"]),
        steering_flags=held["steering_flags"],
        language_rows=evidence(held["language_rows"]),
        languages=languages,
        salts=np.array([salt(language) for language in languages], np.uint64),
    )

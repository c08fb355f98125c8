"""A model folded with a taxonomy into one table; reading a text is adding up its rows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from touchstone.core.taxonomy import Taxonomy
from touchstone.language import learned, network, plain
from touchstone.language.cues import cues, merged, nearest
from touchstone.language.found import Found, Table, packed
from touchstone.language.groups import Groups
from touchstone.language.index import Index
from touchstone.language.learned import curve
from touchstone.language.message import message
from touchstone.language.model import HEADS, KINDS, TURNED, Model
from touchstone.language.native import Kernel, kernel
from touchstone.language.network import Near
from touchstone.language.reading import Reading, TaughtMood
from touchstone.language.walk import BLOCKS, Lexicon, Walk, evidence
from touchstone.language.words import salt

Numbers = npt.NDArray[np.float32]
_STEEP, _POINT = 8.0, 0.6  # how a touchpoint's cues become a probability


@dataclass(frozen=True)
class Compiled:
    """Reads texts for one taxonomy."""

    model: Model
    taxonomy: Taxonomy
    lexicon: Lexicon
    table: Table
    kernel: Kernel | None  # None where NumPy reads

    def read(self, texts: pa.Array | pa.ChunkedArray) -> Reading:
        """Everything the model finds in an Arrow array of strings; a null reads as an empty text."""
        texts = _whole(texts)
        return self._reading(texts, self.found(texts))

    def found(self, texts: pa.Array | pa.ChunkedArray, *, rows: bool = False) -> Found:
        """The clauses of an Arrow array of strings with their sums; `rows` keeps the table rows they add up."""
        texts = _whole(texts)
        return self.kernel.found(texts, rows=rows) if self.kernel else plain.found(texts, self.lexicon, self.table)

    def _reading(self, texts: pa.Array, found: Found) -> Reading:
        walked, cues, taught = found.walk, found.cues, self.model.taught
        said = message(found, self.model.facts.get("curves", {}))
        kinds, chance, promotional = said.score(KINDS), said.probability(KINDS), said.promotional
        likely = curve(_STEEP * (cues - _POINT))
        own = {head: found.taught[:, facts["first"] : facts["stop"]] for head, facts in taught.items()}
        if "touchpoints" in taught:
            count = len(taught["touchpoints"]["names"])
            likely, cues = likely.copy(), cues.copy()
            likely[:, :count], cues[:, :count] = learned.touchpoints(
                taught["touchpoints"], walked, cues[:, :count], own["touchpoints"]
            )
        if "kinds" in taught:
            kinds, chance = learned.kinds(taught["kinds"], kinds, chance, learned.by_text(walked, own["kinds"]))
        if "promotional" in taught:
            held = np.clip(promotional, 1e-3, 1 - 1e-3)
            more = learned.by_text(walked, own["promotional"])[:, 0] + taught["promotional"]["bias"][0]
            promotional = curve(np.log(held / (1 - held)) + more)
        return Reading(
            walk=walked,
            cues=cues,
            touchpoints=likely,
            positive=np.maximum(found.moods[0], 0),
            negative=np.maximum(found.moods[1], 0),
            opinion=found.moods[2],
            taught=_mood(taught["polarity"], own["polarity"]) if "polarity" in taught else None,
            kinds=kinds,
            kind_probability=chance,
            promotional=promotional,
            message=said,
            languages=self.lexicon.languages,
            judging=network.shipped().arrays["judging"],
            near=partial(self._near, texts, walked),
        )

    def _near(self, texts: pa.Array, whole: Walk, groups: Groups, touchpoint: npt.NDArray[np.integer]) -> Near:
        """What the second tier makes of groups of clauses, each about a touchpoint."""
        text = whole.clause_text[groups.clauses]
        chosen = np.unique(text)
        walked = self.found(texts.take(pa.array(chosen)), rows=True).walk
        first = np.searchsorted(whole.clause_text, text)
        now = np.searchsorted(walked.clause_text, np.searchsorted(chosen, text))
        moved = Groups(groups.clauses - first + now, groups.ends, len(walked.clause_text))
        seen = network.windows(network.words(walked, self.table, self.places), walked, moved, touchpoint)
        return network.near(network.shipped(), seen, self.places, len(groups.ends))

    @cached_property
    def places(self) -> npt.NDArray[np.int32]:
        """Where the lexicon's words stand in the second tier, -1 where it does not know them."""
        places = np.full(self.lexicon.count, -1, np.int32)
        keys = self.model.arrays["word_keys"]
        places[: len(keys)] = network.shipped().rows.find(keys)
        return places


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
    known, count = len(held["word_keys"]), len(words)
    touch = np.zeros((count, len(taxonomy.touchpoints)), np.float32)
    vectors = model.vectors
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    inside = cue_rows < known
    touch[:known] = nearest(vectors, cue_rows[inside], written.word_weights[inside])
    touch[cue_rows] = written.word_weights
    extra = held["taught_words"].shape[1] if model.taught else 0
    table = np.zeros((BLOCKS * count + len(grams), len(HEADS) + touch.shape[1] + extra), np.float32)
    wide, learned_from = len(HEADS), len(HEADS) + touch.shape[1]
    table[:known, :wide] = _unfolded(held, "head_words")
    table[count : count + known, :wide] = _unfolded(held, "head_negated")
    table[BLOCKS * count : BLOCKS * count + len(held["gram_keys"]), :wide] = _unfolded(held, "head_grams")
    for block in range(BLOCKS):
        table[block * count : (block + 1) * count, wide:learned_from] = touch
    table[BLOCKS * count + gram_rows, wide:learned_from] = written.gram_weights
    if extra:
        _add_taught(model, table[:, learned_from:], count)
    lexicon = _lexicon(model, words, grams, written.stem_keys, cue_rows[written.stem_owners])
    folded = packed(table, touch.shape[1], extra)
    return Compiled(model, taxonomy, lexicon, folded, kernel(lexicon, folded))


def _add_taught(model: Model, table: Numbers, count: int) -> None:
    """Writes the taught columns; a negated word says the contrary where mood is taught, else the same."""
    held = model.arrays
    words, grams = held["taught_words"] * held["taught_scale"], held["taught_grams"] * held["taught_scale"]
    for block in range(BLOCKS):
        table[block * count : block * count + len(words)] = words
    if "polarity" in model.taught:
        first, stop = model.taught["polarity"]["first"], model.taught["polarity"]["stop"]
        table[count : count + len(words), first:stop] *= TURNED
    table[BLOCKS * count : BLOCKS * count + len(grams)] = grams


def _unfolded(held: dict[str, npt.NDArray[np.generic]], name: str) -> Numbers:
    return np.asarray(held[name], np.float32) * np.asarray(held[f"{name}_scale"], np.float32)


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

"""A model folded with a taxonomy into one table; reading a text is adding up its rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from touchstone.core.taxonomy import Taxonomy
from touchstone.language import learned
from touchstone.language.cues import cues, merged, nearest
from touchstone.language.index import Index
from touchstone.language.kernel import sums
from touchstone.language.learned import curve
from touchstone.language.model import HEADS, KINDS, TURNED, Model
from touchstone.language.reading import Reading
from touchstone.language.tokens import buffers
from touchstone.language.walk import BLOCKS, Lexicon, Walk, evidence, walk
from touchstone.language.words import salt

Numbers = npt.NDArray[np.float32]
_AT_ONCE = 1 << 20  # bytes of text in one pass
_STEEP, _POINT = 8.0, 0.6  # how a touchpoint's cues become a probability


@dataclass(frozen=True)
class Compiled:
    """Reads texts for one taxonomy. `table` holds the columns of HEADS, then one for each touchpoint."""

    model: Model
    taxonomy: Taxonomy
    lexicon: Lexicon
    table: npt.NDArray[np.int8]
    scale: Numbers  # what one step of each column is worth

    def read(self, texts: pa.Array | pa.ChunkedArray) -> Reading:
        """Everything the model finds in an Arrow array of strings; a null reads as an empty text."""
        if isinstance(texts, pa.ChunkedArray):
            texts = texts.combine_chunks()
        if isinstance(texts, pa.ChunkedArray):
            texts = texts.chunk(0) if texts.num_chunks else pa.array([], pa.large_string())
        walks, scores = [], []
        for piece in _pieces(texts):
            walked = walk(piece, self.lexicon)
            walks.append(walked)
            scores.append(sums(walked.rows, walked.ends, self.table).astype(np.float32) * self.scale)
        return self._reading(_joined(walks), np.concatenate(scores))

    def _reading(self, walked: Walk, scores: Numbers) -> Reading:
        place = {name: column for column, name in enumerate(HEADS)}
        wide = len(HEADS) + len(self.taxonomy.touchpoints)
        cues, extra, taught = scores[:, len(HEADS) : wide], scores[:, wide:], self.model.taught
        shipped = curve(3.0 * (_by_text(walked, scores[:, place[KINDS[0]] : place[KINDS[-1]] + 1]) - 1.0))
        promotional = curve(3.0 * (_by_text(walked, scores[:, place["promotional"]][:, None])[:, 0] - 1.25))
        likely, kinds, chance = curve(_STEEP * (cues - _POINT)), shipped, shipped
        own = {head: extra[:, facts["first"] : facts["stop"]] for head, facts in taught.items()}
        if "touchpoints" in taught:
            count = len(taught["touchpoints"]["names"])
            likely, cues = likely.copy(), cues.copy()
            likely[:, :count], cues[:, :count] = learned.touchpoints(
                taught["touchpoints"], walked, cues[:, :count], own["touchpoints"]
            )
        if "kinds" in taught:
            kinds, chance = learned.kinds(taught["kinds"], shipped, learned.by_text(walked, own["kinds"]))
        if "promotional" in taught:
            held = np.clip(promotional, 1e-3, 1 - 1e-3)
            more = learned.by_text(walked, own["promotional"])[:, 0] + taught["promotional"]["bias"][0]
            promotional = curve(np.log(held / (1 - held)) + more)
        return Reading(
            walk=walked,
            cues=cues,
            touchpoints=likely,
            positive=np.maximum(scores[:, 0], 0),
            negative=np.maximum(scores[:, 1], 0),
            opinion=scores[:, place["opinion"]],
            moods=own.get("polarity"),
            mood_bias=np.array(taught["polarity"]["bias"]) if "polarity" in taught else None,
            kinds=kinds,
            kind_probability=chance,
            promotional=promotional,
            languages=self.lexicon.languages,
        )


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
    scale = np.maximum(np.abs(table).max(axis=0), 1e-6) / np.float32(127)
    return Compiled(model, taxonomy, lexicon, np.rint(table / scale).astype(np.int8), scale)


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


def _by_text(walked: Walk, scores: Numbers) -> Numbers:
    """The greatest sentence of each text, per column; 0 where nothing speaks."""
    answer = np.zeros((walked.texts, scores.shape[1]), np.float32)
    if len(scores) == 0:
        return answer
    first = np.flatnonzero(np.diff(walked.clause_sentence, prepend=-1))
    sentences = np.add.reduceat(scores, first, axis=0)
    owner = walked.clause_text[first]
    begins = np.flatnonzero(np.diff(owner, prepend=-1))
    answer[owner[begins]] = np.maximum(np.maximum.reduceat(sentences, begins, axis=0), 0)
    return answer


def _pieces(texts: pa.Array) -> list[pa.Array]:
    """The texts in slices of about a megabyte."""
    _, offsets = buffers(texts)
    cuts, begin = [], 0
    while begin < len(texts):
        end = max(begin + 1, int(np.searchsorted(offsets, offsets[begin] + _AT_ONCE, side="right")) - 1)
        cuts.append(texts.slice(begin, end - begin))
        begin = end
    return cuts or [texts]


def _joined(walks: list[Walk]) -> Walk:
    """The pieces as one walk (without their rows, which are added up by now)."""
    if len(walks) == 1:
        return walks[0]
    texts = np.cumsum([0] + [each.texts for each in walks[:-1]])
    spoken = [int(each.clause_sentence[-1]) + 1 if len(each.clause_sentence) else 0 for each in walks]
    sentences = np.cumsum([0, *spoken[:-1]])

    def all_of(name: str) -> npt.NDArray[np.generic]:
        return np.concatenate([getattr(each, name) for each in walks])

    return Walk(
        texts=sum(each.texts for each in walks),
        language=all_of("language"),  # type: ignore[arg-type]  # the arrays keep their own types
        language_sureness=all_of("language_sureness"),  # type: ignore[arg-type]  # as above
        clause_text=np.concatenate([each.clause_text + start for each, start in zip(walks, texts, strict=True)]),
        clause_sentence=np.concatenate(
            [each.clause_sentence + start for each, start in zip(walks, sentences, strict=True)]
        ),
        start=all_of("start"),  # type: ignore[arg-type]  # as above
        stop=all_of("stop"),  # type: ignore[arg-type]  # as above
        size=all_of("size"),  # type: ignore[arg-type]  # as above
        rows=np.zeros(0, np.int32),
        ends=np.zeros(0, np.int64),
    )

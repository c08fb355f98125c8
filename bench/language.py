"""Is the language model better than what one would otherwise take? The whole table, each row in the same folds for all.

The product answers through `teach` and `tag` alone. Beside it: TF-IDF of words and pairs with a linear SVM, VADER for
polarity, and frozen all-MiniLM-L6-v2 with logistic regression where it is installed. Rows that need no teaching first;
speed and the reliability of stated probabilities last.
"""

from __future__ import annotations

from collections.abc import Iterator

from bench import _language_reliability, _language_speed
from bench import _language_taught as taught
from bench import _language_untaught as untaught
from bench._language_table import Row, lines
from bench._minilm import vectors

PARTS = (
    untaught.from_descriptions, untaught.from_elsewhere, untaught.from_few,
    taught.opinions, taught.reasons, taught.praise,
)  # fmt: skip


def bench(*, quick: bool = False) -> Iterator[str]:
    """One line a row; with `quick` the first fold alone."""
    yield "points; differences are product less TF-IDF+SVM with their 95 % interval (groups drawn again)"
    try:
        vectors(["is it here?"])
    except ImportError as error:
        yield f"{error}; where its vectors are kept under build/, they are used"
    yield from lines(_rows(quick))
    yield from _language_speed.speed(quick=quick)
    yield from _language_reliability.reliability(quick=quick)


def _rows(quick: bool) -> Iterator[Row]:
    for part in PARTS:
        yield from part(quick=quick)

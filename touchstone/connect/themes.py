"""Themes: what people talk about that no touchpoint names yet, named in their words, the same from run to run."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa

from touchstone.connect import _themes_heard as hearing
from touchstone.connect._themes_found import Limits, found, known
from touchstone.connect._themes_told import told
from touchstone.core.ask import Ask
from touchstone.core.errors import Refused
from touchstone.rules.themes import edited, standing

FIELDS = hearing.FIELDS
_CORRECTIONS = """select id, "table", change from correction where "table" = 'theme' order by seq"""


def connect(
    ask: Ask,
    *,
    sure: float = 0.5,
    most: int = 60,
    near: float = 0.5,
    fewest: int = 15,
    coherent: float = 0.1,
    sample: int = 100_000,
    find: bool = True,
) -> Iterator[pa.Table]:
    """LINK rows of layer `theme` (interaction, id of its theme), then METRIC rows `theme` by theme, and by month.

    Themes are groups of texts by what is left of them where touchpoints mentioned with a confidence of `sure` are taken
    out: at most `most`, each of `fewest` texts or more with a cosine of `near` to their middle, with words that keep
    company (NPMI of `coherent` or more). What people renamed,
    merged, split and promoted stands. Of more than `sample` texts so many are read. Without `find` the themes of the
    last run are told anew, after edits. Of a file: METRIC rows by theme, and by id and theme.
    """
    if not (0 < near < 1 and most >= 1 and fewest >= 2):
        raise Refused("near is between 0 and 1, most 1 or more, fewest 2 or more.", field="near")
    heard = hearing.heard(ask, sure=sure, sample=sample, fewest=fewest)
    edits = [] if ask.given is not None else standing(ask.lake(_CORRECTIONS).to_pylist())
    former = known(ask, heard)
    limits = Limits(most, near, fewest, coherent)
    base = found(heard, former, edits, limits, seed=ask.seed) if find else former
    after = edited(base.theme, edits, heard.says)
    links, figures = told(heard, base, after, alone=ask.given is not None)
    yield from ([figures] if ask.given is not None else [links, figures])

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
    sure: float = 0.75,
    most: int = 60,
    near: float = 0.5,
    fewest: int = 10,
    alike: float = 0.3,
    coherent: float = 0.1,
    uneven: float = 6.0,
    sample: int = 100_000,
    find: bool = True,
) -> Iterator[pa.Table]:
    """LINK rows of layer `theme` (interaction, id of its theme), then METRIC rows `theme` by theme, and by month.

    A theme is words for things that keep the same company (a cosine of `alike`; NPMI of `coherent` or more) and that no
    touchpoint's mention with a confidence of `sure` is the home of; `fewest` texts say enough of them to speak of it
    with a probability of `near`. They are said more of one product, level of customer, unit or time than of another,
    `uneven` deviations beyond chance: what is said as often of everything is a habit of speech (0 lets it pass). The
    `most` largest are told. What people renamed, merged, split and promoted stands. Of more than `sample` texts so many
    are read. Without `find` the themes of the last run are told anew, after edits. Of a file: METRIC rows by theme, and
    by id and theme.
    """
    if not (0 < near < 1 and 0 < alike < 1 and most >= 1 and fewest >= 2):
        raise Refused("near and alike are between 0 and 1, most 1 or more, fewest 2 or more.", field="near")
    heard = hearing.heard(ask, sure=sure, sample=sample, fewest=fewest)
    edits = [] if ask.given is not None else standing(ask.lake(_CORRECTIONS).to_pylist())
    former = known(ask, heard)
    limits = Limits(most, near, fewest, alike, coherent, uneven)
    base = found(heard, former, edits, limits) if find else former
    after = edited(base.theme, edits, heard.says)
    links, figures = told(heard, base, after, alone=ask.given is not None)
    yield from ([figures] if ask.given is not None else [links, figures])

"""Which of a home's texts to ask a person about first: worked out where they are read, kept as signals."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from touchstone.act._reader import Reader
from touchstone.act._sample import sample
from touchstone.core.tables import SIGNAL, ours
from touchstone.rules.examples import LONGEST, SHORTEST

MAKER, LAYER, LABEL = "asking@1", "asking", "unsure"
MOST = 500  # texts asked about before the next run
_OPEN = f"""length(text) between {SHORTEST} and {LONGEST} and not {ours()}
    and id not in (select interaction from correction where interaction is not null)"""


def asking(store: Any, reader: Reader) -> pa.Table:
    """SIGNAL rows with `seq` of the texts to ask about, of those nobody spoke of; `score` falls from 1 to .5 in order.

    The order is that of `touchstone teach --ask`: doubtful for `reader`, and no two alike.
    """
    texts = sample(store.ask(), "seq, text", which=_OPEN)
    if not len(texts):
        return SIGNAL.empty_table()
    from touchstone.language.unsure import unsure

    chosen = texts.take(unsure(reader.enrichers.compiled, texts["text"].to_pylist(), most=MOST))
    count, ids = len(chosen), chosen["id"].to_pylist()
    columns = {
        "id": [f"{id}:{MAKER}:0" for id in ids],
        "interaction": ids,
        "layer": [LAYER] * count,
        "label": [LABEL] * count,
        "score": np.linspace(1, 0.5, count),
        "probability": pa.nulls(count, pa.float64()),
        "maker": [MAKER] * count,
    }
    return pa.table(columns, schema=SIGNAL).append_column("seq", chosen["seq"])

"""A sample of a home's texts: drawn quickly from however many, the same for whoever draws."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pyarrow as pa

from touchstone.core.tables import ours

MOST = 20_000  # texts, as many as `touchstone tag` looks at
_STRETCHES, _LENGTH = 8, 10_000  # of neighbours by seq, spread over all; a small home is looked at whole


def sample(ask: Any, columns: str, *, which: str = f"text <> '' and not {ours()}") -> pa.Table:
    """`columns` of up to 20,000 interactions as `which` says, in order of id: ids are hashes, so that is a random draw.

    Of a large home only stretches are read, spread over all that came: what is stored apart need not be opened.
    """
    high = int(ask.lake("select coalesce(max(seq), 0) as high from interaction")["high"][0].as_py())
    ends = [high * place // _STRETCHES for place in range(_STRETCHES + 1)]
    stretches = [
        f"select id, {columns} from interaction where {which} and seq > {low} and seq <= {min(stop, low + _LENGTH)}"
        for low, stop in pairwise(ends)
    ]
    found: pa.Table = ask.lake(f"select * from ({' union all '.join(stretches)}) as drawn order by id limit {MOST}")
    return found

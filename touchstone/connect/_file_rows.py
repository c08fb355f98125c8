"""What a connector says of a file: a METRIC row for each of its rows, named by two columns, built column by column."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from touchstone.core.tables import METRIC, TEXT


def file_rows(
    maker: str, by: Mapping[str, pa.Array], value: pa.Array, *, n: pa.Array, measured_in: str, detail: pa.Array
) -> pa.Table:
    """METRIC rows of `maker` (name@version) by the two columns of `by`, without limits: a row is a choice."""
    name, (first, second), count = maker.partition("@")[0], by.values(), len(value)
    turn = pa.array(np.arange(2 * count).reshape(2, -1).T.reshape(-1))
    items = pa.concat_arrays([first.cast(TEXT), second.cast(TEXT)]).take(turn)
    ends = np.arange(0, 2 * count + 1, 2, dtype=np.int32)
    named = pa.MapArray.from_arrays(ends, pa.array([*by] * count, TEXT), items)
    nothing, nowhere = pa.nulls(count, pa.float64()), pa.nulls(count, METRIC.field("about").type)
    return pa.Table.from_arrays(
        [
            pc.binary_join_element_wise(name, first, ":"), pa.repeat(name, count), named, value, nothing, nothing, n,
            pa.repeat(measured_in, count), detail, pa.repeat(maker, count), nowhere, nowhere,
        ],
        schema=METRIC,
    )  # fmt: skip

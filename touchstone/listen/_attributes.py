"""JSON objects made of columns, without a loop over rows."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

ODD = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"


def join(parts: Mapping[str, pa.Array], size: int) -> pa.Array:
    """A JSON object per row with the cells that are not null; null where all are."""
    elements = [
        pc.binary_join_element_wise(json.dumps(name, ensure_ascii=False) + ": ", quoted(cells), "")
        for name, cells in parts.items()
        if cells.null_count < len(cells)
    ]
    if not elements:
        return pa.nulls(size, pa.string())
    # Arrow leaves a row out altogether where everything joined is null: the empty string in front keeps it
    inner = pc.binary_join_element_wise("", *elements, ", ", null_handling="skip")
    inner = pc.utf8_slice_codeunits(inner, 2)
    return pc.if_else(pc.equal(inner, ""), None, pc.binary_join_element_wise("{", inner, "}", ""))


def quoted(cells: pa.Array) -> pa.Array:
    """Strings as JSON strings; null stays null."""
    if pc.any(pc.match_substring_regex(cells, ODD)).as_py():
        return pa.array(
            [None if v is None else json.dumps(v, ensure_ascii=False) for v in cells.to_pylist()], pa.string()
        )
    for mark, written in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\r", "\\r"), ("\t", "\\t")):
        cells = pc.replace_substring(cells, mark, written)
    return pc.binary_join_element_wise('"', cells, '"', "")


def with_field(objects: pa.Array, name: str, value: str) -> pa.Array:
    """JSON objects (or null) with one more field, first."""
    first = f"{json.dumps(name)}: {json.dumps(value, ensure_ascii=False)}"
    rest = pc.utf8_slice_codeunits(objects, 1)
    longer = pc.binary_join_element_wise("{" + first + ", ", rest, "")
    return pc.coalesce(longer, pa.scalar("{" + first + "}"))

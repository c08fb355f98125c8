"""The texts of a file, for the themes of one shot."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from touchstone.core.fields import required
from touchstone.core.tables import INSTANT, TEXT

FIELDS = {
    "id": TEXT, "text": TEXT, "occurred_at": INSTANT, "person": TEXT, "source": TEXT, "product": TEXT, "level": TEXT,
    "unit": TEXT,
}  # fmt: skip


def filed(given: pa.Table) -> pa.Table:
    """The file's texts in order of id; what else it has not is null. `Refused`: no column of ids or texts."""
    known = required(given, "id", "text").column_names
    columns = {name: given[name] if name in known else pa.nulls(len(given), kind) for name, kind in FIELDS.items()}
    table = pa.table(columns)
    return table.filter(pc.fill_null(pc.not_equal(table["text"], ""), False)).sort_by("id")

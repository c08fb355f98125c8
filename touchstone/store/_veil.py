"""Personal data hidden in the whole lake, for an insider who sees none: only the rows that hold any are copied."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from touchstone.store._duck import fill, run
from touchstone.store._hide import hidden
from touchstone.store._narrow import quoted
from touchstone.store._record import Record

AT_ONCE = 200_000  # rows looked at together


def veil(
    duck: duckdb.DuckDBPyConnection, record: Record, name: str, columns: Sequence[str], *,
    hiding: Sequence[str], masked: Sequence[str],
) -> None:  # fmt: skip
    """Puts a view in the place of table or view `name`: `hiding` columns without personal data, `masked` ones null."""
    views = duck.execute("select view_name from duckdb_views()").fetchall()
    run(duck, f"alter {'view' if (name,) in views else 'table'} {name} rename to whole_{name}")
    fill(duck, f"hidden_{name}", _hidden(duck, record, name, columns, hiding))
    shown = {each: f'case when h.seq is null then w."{each}" else h."{each}" end' for each in hiding}
    shown |= dict.fromkeys(masked, "null::varchar")
    told = ", ".join(f"{shown.get(each, f'w.{quoted([each])}')} as {quoted([each])}" for each in columns)
    joined = f" left join hidden_{name} as h on h.seq = w.seq" if hiding else ""
    run(duck, f"create view {name} as select {told} from whole_{name} as w{joined}")


def _hidden(
    duck: duckdb.DuckDBPyConnection, record: Record, name: str, columns: Sequence[str], hiding: Sequence[str]
) -> pa.Table:
    """The rows in which anything is hidden, by seq, as they are shown."""
    kept = [pa.table({each: pa.array([], pa.int64() if each == "seq" else pa.string()) for each in ("seq", *hiding)})]
    if not hiding:
        return kept[0]
    who = "person" if "text" in columns else "null::varchar as person"  # of a correction it is who made it
    some = " or ".join(f"{quoted([each])} <> ''" for each in hiding)
    asked = duck.cursor().sql(f"select seq, {who}, {quoted(hiding)} from whole_{name} where {some}")
    for batch in asked.to_arrow_reader(AT_ONCE):
        rows = pa.Table.from_batches([batch])
        shown = hidden(record, rows, tuple(hiding))
        touched = [pc.fill_null(pc.not_equal(shown[each], rows[each].cast(pa.string())), False) for each in hiding]
        changed = touched[0]
        for each in touched[1:]:
            changed = pc.or_(changed, each)
        kept.append(shown.select(["seq", *hiding]).filter(changed).cast(kept[0].schema))
    return pa.concat_tables(kept)

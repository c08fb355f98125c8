"""What only the whole of a table can say: all answers of a score, every unit, the order of dates, rows seen twice."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from touchstone.listen import _dates, _words
from touchstone.listen._columns import Column
from touchstone.listen._csv import ROW
from touchstone.listen._spool import Spool

COUNTED = ("value", "score", "rating")
MANY = 20_000  # different cells of one column worth counting
UNIT = ("unit", "parent", "region")


@dataclass
class Whole:
    """Counts of every score column's cells, (unit, parent, region) with counts, date order, keys and repeated keys."""

    counts: dict[str, Counter[str]] = field(default_factory=dict)
    units: Counter[tuple[str | None, ...]] = field(default_factory=Counter)
    days_first: bool = True
    days_shown: bool = True
    keys: list[pa.Array] = field(default_factory=list)
    repeated: set[str] = field(default_factory=set)
    by_id: bool = False


def survey(spool: Spool, columns: Sequence[Column]) -> Whole:
    """One pass over the whole table."""
    whole = Whole(counts={column.name: Counter() for column in columns if column.taken_for in COUNTED})
    by_field = {column.taken_for: column.name for column in reversed(columns)}
    dates: dict[str, None] = {}
    for table in spool:
        for name, counter in whole.counts.items():
            counter.update(_counted(table[name]))
        if "unit" in by_field:
            whole.units.update(_units(table, by_field))
        if (dated := by_field.get("occurred_at")) and len(dates) < MANY:
            odd = table[dated].filter(pc.invert(pc.fill_null(pc.match_substring_regex(table[dated], _dates.ISO), True)))
            dates.update(dict.fromkeys(pc.unique(odd).to_pylist()))
        whole.keys.append(_keys(table, by_field.get("id")))
    whole.days_first, whole.days_shown = _dates.day_first([each for each in dates if each])
    whole.by_id = "id" in by_field
    whole.repeated = _repeated(whole.keys)
    return whole


def _counted(column: pa.ChunkedArray) -> Mapping[str, int]:
    found = pc.value_counts(column.combine_chunks())
    cells, counts = found.field("values").to_pylist(), found.field("counts").to_pylist()
    return {cell: count for cell, count in zip(cells, counts, strict=True) if cell is not None}


def _units(table: pa.Table, by_field: Mapping[str, str]) -> Counter[tuple[str | None, ...]]:
    names = [by_field[each] for each in UNIT if each in by_field]
    found = table.select(names).group_by(names).aggregate([([], "count_all")]).to_pylist()
    return Counter(
        {tuple(row.get(by_field.get(each, "")) for each in UNIT): row["count_all"] for row in found if row[names[0]]}
    )


def _keys(table: pa.Table, id_column: str | None) -> pa.Array:
    """What tells a row from others: its id where it has one, else 32 hexadecimal digits over all its cells."""
    if id_column is None:
        return contents(table)
    ids = pc.utf8_trim_whitespace(table[id_column].combine_chunks())
    ids = pc.replace_substring_regex(ids, r"^(\d+)\.0$", r"\1")
    if not pc.any(pc.or_kleene(pc.is_null(ids), pc.equal(ids, ""))).as_py():
        return ids
    return pc.if_else(pc.fill_null(pc.not_equal(ids, ""), False), ids, contents(table))


def contents(table: pa.Table) -> pa.Array:
    """A digest of each row's cells, the same in whatever order the columns stand."""
    names = sorted(name for name in table.column_names if name != ROW)
    cells = [table[name].combine_chunks().cast(pa.large_string()) for name in names]
    joined = pc.binary_join_element_wise(
        *cells, pa.scalar("\x1f", pa.large_string()), null_handling="replace", null_replacement="\x1e"
    )
    digest = hashlib.blake2b
    return pa.array(
        [digest(row, digest_size=16).hexdigest() for row in joined.cast(pa.large_binary()).to_pylist()], pa.string()
    )


def _repeated(keys: Sequence[pa.Array]) -> set[str]:
    """Keys that more than one row has."""
    if not keys:
        return set()
    every = pa.chunked_array(keys)
    if pc.count_distinct(every).as_py() == len(every):
        return set()
    found = pc.value_counts(every.combine_chunks())
    more = pc.greater(found.field("counts"), 1)
    return set(found.field("values").filter(more).to_pylist())


def unit_table(
    whole: Whole, columns: Sequence[Column], *, everywhere: str = ""
) -> tuple[dict[str, str], list[dict[str, str | None]]]:
    """The id of every unit by the cell it is written as, and a row for each unit and each unit above one; one row
    where a single unit is said to be `everywhere`."""
    if everywhere:
        return {}, [_unit(slug(everywhere), everywhere, None)]
    kinds = {column.taken_for: column.kind or None for column in columns if column.taken_for in UNIT}
    ids: dict[str, str] = {}
    rows: dict[str, dict[str, str | None]] = {}
    cells = [cell for cell, *_ in whole.units if cell]
    slugs = all(cell == cell.lower() and " " not in cell.strip() for cell in cells) and any(
        "-" in cell for cell in cells
    )
    for (cell, above, region), _ in sorted(whole.units.items(), key=lambda item: (-item[1], str(item[0]))):
        if not cell or not cell.strip():
            continue
        name = _name(cell, kinds.get("unit"), slugs=slugs)
        ids[cell] = slug(name)
        parent = None
        if above and above.strip():
            parent_name = _name(above, kinds.get("parent"))
            parent = slug(parent_name)
            rows.setdefault(parent, _unit(parent, parent_name, kinds.get("parent")))
        row = rows.setdefault(ids[cell], _unit(ids[cell], name, kinds.get("unit")))
        if parent != ids[cell]:
            row["parent"] = row["parent"] or parent
        row["region"] = row["region"] or (region or "").strip() or None
    return ids, list(rows.values())


def _unit(unit_id: str, name: str, kind: str | None) -> dict[str, str | None]:
    empty = {"parent": None, "region": None, "grade": None, "organisation": None}
    return {"id": unit_id, "name": name, "kind": kind or None, **empty}


def _name(cell: str, kind: str | None, *, slugs: bool = False) -> str:
    """A unit's name as people read it: `adria-airways` -> "Adria Airways", number 12 of a bank -> "Bank 12"."""
    text = " ".join(cell.split())
    if text.replace("-", "").replace(".", "").isdigit():
        return f"{(kind or 'unit').capitalize()} {text.removesuffix('.0')}"
    return text.replace("-", " ").title() if slugs else text


def slug(name: str) -> str:
    """A unit's id: its name in lower case, without accents, words joined by hyphens; other scripts stay as they are."""
    text = "".join(char if char.isalnum() else " " for char in _words.unaccented(name).casefold())
    text = "-".join(text.split())
    if len(text) > 80:
        text = f"{text[:70]}-{hashlib.blake2b(name.encode(), digest_size=4).hexdigest()}"
    return text or hashlib.blake2b(name.encode(), digest_size=8).hexdigest()

"""Who is one person under several names: exact keys first, then a model of how records of one person differ."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from touchstone.connect._file_rows import file_rows
from touchstone.connect._identity_fields import FIELDS as _COMPARED
from touchstone.connect._identity_home import links
from touchstone.connect._identity_kept import Kept, earlier, kept_row, still
from touchstone.connect._identity_match import Matched, match
from touchstone.connect._identity_meet import meet
from touchstone.connect._identity_persons import persons, reached
from touchstone.connect._identity_phones import international
from touchstone.connect._identity_values import Whole
from touchstone.core.ask import Ask
from touchstone.core.errors import Refused
from touchstone.core.fields import required
from touchstone.core.tables import TEXT

FIELDS = dict.fromkeys(("id", *_COMPARED), TEXT)
_MAKER = "identity@2"


def connect(ask: Ask, *, region: str = "", whole: bool = False) -> Iterator[pa.Table]:
    """LINK rows of the layers `same_person`, `household` and `company` between persons, each with its reason by field.

    Of a file: one METRIC row for each record, with its `person`, the probability of its strongest link, and why.
    `region` is the country (two letters) of telephone numbers that name none. On a home only who came, changed or said
    something since the last run is matched, with all others, by what was learned then; `whole` matches all anew.
    """
    if ask.given is not None:
        yield _told(match(international(_records(ask.given), region=region), seed=ask.seed))
        return
    now = reached(ask)  # asked first: who comes meanwhile is a newcomer next time
    known = persons(ask)
    records = international(known.drop_columns(["company"]), region=region)
    kept, fresh = None if whole else earlier(ask, _MAKER), np.ones(len(known), bool)
    if kept is not None:
        fresh = kept.fresh(ask, known["id"])
    if kept is not None and kept.serves(records, fresh, region=region):
        told, ties = still(ask, known["id"].combine_chunks(), fresh, maker=_MAKER)
        yield told
        found = meet(records, fresh, learned=kept.learned, ties=ties, spread=ask.spread)
        kept = replace(kept, reached=now)
    else:
        found = match(records, seed=ask.seed, spread=ask.spread)
        kept = Kept(found.learned, now, len(records), region) if found.learned else None
    yield from links(ask, found, known, maker=_MAKER)
    if kept is not None:
        yield kept_row(kept, _MAKER)


def _records(given: pa.Table) -> pa.Table:
    """The columns that are compared, and ids that tell every row apart."""
    named = [name for name in FIELDS if name in required(given, "id").column_names]
    if len(named) == 1:
        known = ", ".join(name for name in FIELDS if name != "id")
        raise Refused("no field to compare.", where="the file", todo=f"Map one or more of: {known}.")
    if given["id"].null_count or pc.count_distinct(given["id"]).as_py() != len(given):
        raise Refused("some rows have no id, or another's.", field="id", todo="Give every row an id of its own.")
    return given.select(named)


def _told(found: Matched) -> pa.Table:
    """METRIC rows by id and person: `value` is the probability of a record's strongest link, 1 where it has none."""
    inside = found.group[found.left] == found.group[found.right]
    pair = np.flatnonzero(inside)
    of = np.concatenate([found.left[pair], found.right[pair]])
    other, pair = np.concatenate([found.right[pair], found.left[pair]]), np.concatenate([pair, pair])
    order = np.lexsort((other, of))
    start = np.searchsorted(of[order], np.arange(len(found.ids) + 1))
    links = _links(found, other[order], pair[order])
    chance = np.round(found.probability, 6)[pair[order]]
    details, values = [], []
    for begin, end in zip(start[:-1].tolist(), start[1:].tolist(), strict=True):
        details.append('{"links": [' + ", ".join(links[begin:end]) + "]}")
        values.append(float(chance[begin:end].max()) if end > begin else 1.0)
    return _rows(found, values, details)


def _links(found: Matched, other: Whole, pair: Whole) -> list[str]:
    """Each link as JSON: whom to, how likely, and the bits of each field."""
    names = [json.dumps(each, ensure_ascii=False) for each in found.ids.to_pylist()]
    chance = np.round(found.probability, 6).tolist()
    weights = {name: np.round(each, 2)[pair].tolist() for name, each in found.weights.items()}
    told = []
    for place, (who, which) in enumerate(zip(other.tolist(), pair.tolist(), strict=True)):
        reason = ", ".join(f'"{name}": {each[place]}' for name, each in weights.items() if each[place] == each[place])
        told.append(f'{{"other": {names[who]}, "probability": {chance[which]}, "reason": {{{reason}}}}}')
    return told


def _rows(found: Matched, values: list[float], details: list[str]) -> pa.Table:
    by = {"id": found.ids, "person": found.ids.take(pa.array(found.group))}
    ones = pa.array(np.bincount(found.group, minlength=len(found.ids))[found.group])
    value, detail = pa.array(values, pa.float64()), pa.array(details, TEXT)
    return file_rows(_MAKER, by, value, n=ones, measured_in="probability", detail=detail)

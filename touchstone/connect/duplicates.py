"""Duplicates: the same text again, across sources: a copy, a near copy, one of a template, many within hours."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from touchstone.connect._file_rows import file_rows
from touchstone.core.ask import Ask
from touchstone.core.errors import Refused
from touchstone.core.fields import required
from touchstone.core.tables import INSTANT, LINK, TEXT
from touchstone.language.copies import Copies, copies

FIELDS = {"id": TEXT, "text": TEXT, "occurred_at": INSTANT, "source": TEXT}
_MAKER = "duplicates@1"
_KINDS = np.array(["near copy", "template", "copy"], object)  # as language/copies numbers them
_HOUR = 3_600_000_000  # microseconds
_SQL = """
select id, text, unit, source, occurred_at from interaction
where text is not null and coalesce(level, '') <> 'employee' and coalesce(kind, '') <> 'claim'
order by occurred_at, id
"""
_Places = npt.NDArray[np.int64]


def connect(
    ask: Ask, *, alike: float = 0.6, least_words: int = 8, many: int = 5, hours: float = 24.0
) -> Iterator[pa.Table]:
    """LINK rows of layer `copy`: each text that says again what an earlier one said, with that one.

    `probability` is the share of the wording in common, from `alike` on, of texts of `least_words` words and more.
    `reason` holds `kind` (copy: every word; near copy; template: all but names and numbers), how many `texts` and
    `sources` have the wording, and `burst` where `many` or more of them came within `hours`. Of a file: METRIC rows,
    one for each text of a wording that stands there more than once.
    """
    if not 0 < alike <= 1 or many < 2 or not hours > 0:
        raise Refused("alike is a share, many is two or more, hours are above 0.", field="alike")
    said = ask.lake(_SQL) if ask.given is None else _filed(ask.given)
    texts = pc.fill_null(said["text"], "").cast(pa.large_string()).combine_chunks()
    held = copies(texts, alike=alike, least_words=least_words)
    moment = said["occurred_at"].cast(pa.int64()).fill_null(-1).to_numpy()
    burst = _burst(held, moment, many=many, within=hours * _HOUR)
    reason = _reason(held, _sources(held, said["source"]), burst, moment)
    yield _links(said, held, reason) if ask.given is None else _rows(said, held, reason)


def _filed(given: pa.Table) -> pa.Table:
    """A file's texts in order of time, then of id."""
    known = required(given, "id", "text").column_names
    columns = [given[name] if name in known else pa.nulls(len(given), kind) for name, kind in FIELDS.items()]
    table = pa.table(dict(zip(FIELDS, columns, strict=True)))
    return table.sort_by([(name, "ascending") for name in ("occurred_at", "id", "source", "text")])


def _burst(held: Copies, moment: _Places, *, many: int, within: float) -> _Places:
    """By text, a number of the burst it is part of, -1 for none: `many` or more of one wording within some hours."""
    answer = np.full(len(moment), -1, np.int64)
    own = np.flatnonzero((held.size >= many) & (moment >= 0))
    own = own[np.lexsort((moment[own], held.group[own]))]
    if len(own) < many:
        return answer
    group, when = held.group[own], moment[own]
    last = np.arange(len(own) - many + 1) + many - 1
    crowded = (group[last] == group[: len(last)]) & (when[last] - when[: len(last)] <= within)
    change = np.zeros(len(own) + 1, np.int64)
    np.add.at(change, np.flatnonzero(crowded), 1)
    np.add.at(change, np.flatnonzero(crowded) + many, -1)
    inside = np.cumsum(change[:-1]) > 0
    begins = inside.copy()
    begins[1:] &= ~inside[:-1] | (group[1:] != group[:-1]) | (when[1:] - when[:-1] > within)
    answer[own[inside]] = (np.cumsum(begins) - 1)[inside]
    return answer


def _sources(held: Copies, source: pa.ChunkedArray) -> _Places:
    """By text, from how many sources its wording came."""
    codes = pc.fill_null(source, "").combine_chunks().dictionary_encode().indices.to_numpy(zero_copy_only=False)
    wide = int(codes.max(initial=0)) + 1
    pairs = np.unique(held.group * wide + codes)
    return np.bincount(pairs // wide, minlength=len(held.group))[held.group]


def _reason(held: Copies, sources: _Places, burst: _Places, moment: _Places) -> pa.Array:
    """By pair, a JSON object that says how the later text is like the first."""
    later = held.later
    told = pc.binary_join_element_wise(
        '{"kind": "', pa.array(_KINDS[held.kind], TEXT), '", "wording in common": ', _written(np.round(held.alike, 2)),
        ', "texts": ', _written(held.size[later]), ', "sources": ', _written(sources[later]), "",
    )  # fmt: skip
    inside = burst[later] >= 0
    if not inside.any():
        return pc.binary_join_element_wise(told, "}", "")
    count = int(burst.max()) + 1
    first, last = np.full(count, np.iinfo(np.int64).max), np.zeros(count, np.int64)
    own = np.flatnonzero(burst >= 0)
    np.minimum.at(first, burst[own], moment[own])
    np.maximum.at(last, burst[own], moment[own])
    texts, hours = np.bincount(burst[own], minlength=count), np.round((last - first) / _HOUR, 1)
    which = np.maximum(burst[later], 0)
    crowd = pc.binary_join_element_wise(
        ', "burst": {"texts": ', _written(texts[which]), ', "hours": ', _written(hours[which]), "}", ""
    )
    return pc.binary_join_element_wise(told, pc.if_else(pa.array(inside), crowd, ""), "}", "")


def _written(numbers: npt.NDArray[np.generic]) -> pa.Array:
    return pa.array(numbers).cast(TEXT)


def _links(said: pa.Table, held: Copies, reason: pa.Array) -> pa.Table:
    first, later = pa.array(held.first), pa.array(held.later)
    left, right = said["id"].take(first), said["id"].take(later)
    return pa.Table.from_arrays(
        [
            pc.binary_join_element_wise("copy", left, right, ":"),
            pa.repeat("copy", len(left)), left, right, pa.array(held.alike), reason,
            _both(said["unit"].take(first), said["unit"].take(later)),
            pa.repeat(_MAKER, len(left)),
        ],
        schema=LINK,
    )  # fmt: skip


def _both(one: pa.ChunkedArray, other: pa.ChunkedArray) -> pa.Array:
    """By pair, the units of both, each once, in order; those without one left out."""
    small, great = (each(one, other).combine_chunks() for each in (pc.min_element_wise, pc.max_element_wise))
    great = pc.if_else(pc.equal(small, great), pa.scalar(None, TEXT), great)
    count = pc.add(small.is_valid().cast(pa.int32()), great.is_valid().cast(pa.int32())).to_numpy()
    turn = np.arange(2 * len(count)).reshape(2, -1).T.reshape(-1)
    units = pa.concat_arrays([small, great]).take(pa.array(turn)).drop_null()
    return pa.ListArray.from_arrays(pa.array(np.append(0, np.cumsum(count)).astype(np.int32)), units)


def _rows(said: pa.Table, held: Copies, reason: pa.Array) -> pa.Table:
    """One row for each text of a wording that stands there more than once; `duplicate_of` is the earliest one's id."""
    own = np.flatnonzero(held.size > 1)
    pair = np.full(len(held.size), -1)
    pair[held.later] = np.arange(len(held.later))
    which = pair[own]
    later = pa.array(which, mask=which < 0)
    ids, heads = (said["id"].take(pa.array(at)).combine_chunks() for at in (own, held.group[own]))
    detail = pc.fill_null(reason.take(later), '{"kind": "first"}')
    alike, size = pa.array(held.alike).take(later), pa.array(held.size[own])
    by = {"id": ids, "duplicate_of": heads}
    return file_rows(_MAKER, by, alike, n=size, measured_in="share of wording", detail=detail)

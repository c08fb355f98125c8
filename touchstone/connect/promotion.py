"""What the whole corpus tells of bought praise: copies, bursts, a writer's history. Evidence, never a verdict."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from touchstone.connect._bursts import excess
from touchstone.core.ask import Ask
from touchstone.core.tables import SIGNAL
from touchstone.language.copies import Copies, copies

_Numbers = npt.NDArray[np.float64]
_MAKER = "corpus_promotion@1"
_LABELS = ("promotional", "disclosed", "copy", "burst", "history", "words")
_WORTH_A_ROW, _A_REASON = 0.25, 0.1  # as in understand: from where the whole is told, and from where a reason is
_DISCLOSED, _EXCESS, _CAMPAIGN, _HISTORY = 0.97, 0.6, 0.9, 0.7
"""The most each reason makes likely (of copies see `language/copies.py`): a burst may follow a good day."""
_SQL = """
select id, text, person, unit, product, source, campaign, incentive, occurred_at,
    (value - worst) / nullif(best - worst, 0) as share
from interaction where coalesce(kind, 'review') in ('review', 'post') order by occurred_at, id
"""
_WORDS = """
select interaction, max(probability) as likely from signal
where layer = 'promotion' and label = 'promotional' and maker <> ? group by interaction order by interaction
"""


def connect(ask: Ask, *, alike: float = 0.6, least_words: int = 8, alpha: float = 0.001) -> Iterator[pa.Table]:
    """SIGNAL rows: `promotional` with its reasons, where the probability is .25 or more.

    Reasons: `disclosed` (the source says so), `copy` (wording shared with others), `burst` (best ratings above what
    their unit, product or source usually has), `history` (a writer of many best ratings at once or without exception),
    `words` (what the text alone tells). Texts are copies from a share of `alike` of their three-word runs on, and from
    `least_words` on; `alpha` is the chance of calling any window a burst that is none.
    """
    said = ask.lake(_SQL)
    held = copies(_whole(said["text"]), alike=alike, least_words=least_words)
    yield _signals(said, _reasons(ask, said, held, alpha=alpha))


def _whole(column: pa.ChunkedArray) -> pa.Array:
    joined = pc.fill_null(column, "").combine_chunks()
    return joined if isinstance(joined, pa.Array) else pa.concat_arrays(joined.chunks)


def _reasons(ask: Ask, said: pa.Table, held: Copies, *, alpha: float) -> dict[str, _Numbers]:
    """By reason, the probability that it alone gives to each interaction."""
    share = said["share"].to_numpy()
    best = np.nan_to_num(share, nan=0.0) >= 0.99
    day = said["occurred_at"].cast(pa.int64()).fill_null(-1).to_numpy() // 86_400_000_000
    dated = best & (day >= 0)
    series = [_codes(said[name]) for name in ("unit", "product", "source")]
    above = np.max([excess(each, day, dated, alpha=alpha) for each in series], axis=0)
    named = pc.is_valid(said["campaign"]).to_numpy()
    words = ask.lake(_WORDS, [_MAKER])
    likely = dict(zip(words["interaction"].to_pylist(), words["likely"].to_pylist(), strict=True))
    return {
        "disclosed": _DISCLOSED * pc.equal(said["incentive"], "disclosed").fill_null(False).to_numpy(),
        "copy": held.bought(best | np.isnan(share)),
        "burst": np.where(named, _CAMPAIGN, _EXCESS) * above,
        "history": _HISTORY * _history(_codes(said["person"]), day, best),
        "words": np.array([likely.get(each, 0.0) for each in said["id"].to_pylist()]),
    }


def _codes(column: pa.ChunkedArray) -> npt.NDArray[np.int64]:
    """A number for each value, -1 for none."""
    encoded = column.combine_chunks().dictionary_encode()
    indices = encoded.indices if isinstance(encoded, pa.DictionaryArray) else encoded.combine_chunks().indices
    codes: npt.NDArray[np.int64] = indices.cast(pa.int64()).fill_null(-1).to_numpy(zero_copy_only=False)
    return codes


def _history(person: npt.NDArray[np.int64], day: npt.NDArray[np.int64], best: npt.NDArray[np.bool_]) -> _Numbers:
    """How unusual a writer of best ratings is, 0 to 1: three or more on a day, or five or more and none other."""
    known = np.flatnonzero((person >= 0) & (day >= 0))
    answer = np.zeros(len(person))
    if not len(known):
        return answer
    who, when, top = person[known], day[known] - day[known].min(), best[known]
    _, back, count = np.unique(who * (when.max() + 1) + when, return_inverse=True, return_counts=True)
    crowded = np.clip(1 - 2 / count[back], 0, 1)
    total, good = np.bincount(who), np.bincount(who, top)
    usual = top.mean()
    alone = np.where((total >= 5) & (good == total), 1 - usual ** np.maximum(total - 4, 0), 0.0)[who]
    answer[known] = np.maximum(crowded, alone) * top
    return answer


def _signals(said: pa.Table, reasons: dict[str, _Numbers]) -> pa.Table:
    """One row for the whole and one for each reason that counts."""
    alone = np.column_stack([reasons[name] for name in _LABELS[1:]])
    whole = 1 - np.prod(1 - alone, axis=1, keepdims=True)
    chance = np.concatenate([whole, alone], axis=1)
    seen = (alone[:, :-1] >= _A_REASON).any(axis=1, keepdims=True)  # what only its words tell is told by understand
    row, label = np.nonzero((whole >= _WORTH_A_ROW) & seen & (chance >= _A_REASON))
    interaction = said["id"].take(pa.array(row)).combine_chunks()
    names = pa.array(np.array(_LABELS, object)[label], pa.string())
    score = pa.array(chance[row, label])
    return pa.Table.from_arrays(
        [
            pc.binary_join_element_wise(interaction, _MAKER, names, ":"),
            interaction,
            pa.repeat("promotion", len(row)),
            names,
            score,
            score,
            pa.repeat(_MAKER, len(row)),
        ],
        schema=SIGNAL,
    )

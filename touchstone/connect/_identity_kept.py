"""What a run leaves for the next one: what was learned of all persons, how far it came, and the links it told."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from touchstone.connect._identity_match import filled
from touchstone.connect._identity_meet import Ties
from touchstone.connect._identity_model import Learned
from touchstone.connect._identity_persons import Reached, arrived
from touchstone.core.ask import Ask
from touchstone.core.tables import LINK, METRIC, TEXT

_FEW, _GROWN = (
    0.1,
    1.5,
)  # the share of newcomers, and the growth since all was learned, up to which what is known serves
_NAME = "identity"


@dataclass(frozen=True)
class Kept:
    """What was learned, how far the home was then read, of how many persons it was learned, and as of which region."""

    learned: Learned
    reached: Reached
    basis: int
    region: str

    def fresh(self, ask: Ask, ids: pa.ChunkedArray) -> npt.NDArray[np.bool_]:
        """Who of `ids` came, changed or said something since."""
        found: npt.NDArray[np.bool_] = pc.is_in(ids, arrived(ask, self.reached)).to_numpy()
        return found

    def serves(self, records: pa.Table, fresh: npt.NDArray[np.bool_], *, region: str) -> bool:
        """Whether the newcomers are few enough, of the same fields and region, to be matched by what was learned."""
        few = fresh.sum() <= _FEW * len(fresh) and len(fresh) <= _GROWN * self.basis
        return bool(few) and region == self.region and filled(records) <= set(self.learned.expected)


def earlier(ask: Ask, maker: str) -> Kept | None:
    """What the last run of this maker left; None where there was none."""
    rows = ask.lake("select detail from metric where name = ? and maker = ?", [_NAME, maker])["detail"].to_pylist()
    if not rows:
        return None
    detail = json.loads(rows[0])
    learned = Learned(
        {field: {level: (m, u) for level, (m, u) in levels.items()} for field, levels in detail["expected"].items()},
        detail["share"],
        detail["distinct"],
    )
    return Kept(learned, Reached(**detail["reached"]), detail["basis"], detail["region"])


def kept_row(kept: Kept, maker: str) -> pa.Table:
    """What is kept, as the METRIC row `identity`: `value` is the share of pairs of persons that are one."""
    detail = {**asdict(kept.learned), "reached": kept.reached.told(), "basis": kept.basis, "region": kept.region}
    row: dict[str, Any] = {
        **dict.fromkeys(METRIC.names), "id": f"{_NAME}:learned", "name": _NAME, "by": [], "value": kept.learned.share,
        "n": kept.basis, "measured_in": "share of pairs", "detail": json.dumps(detail, sort_keys=True), "maker": maker,
    }  # fmt: skip
    return pa.Table.from_pylist([row], schema=METRIC)


def still(ask: Ask, ids: pa.Array, fresh: npt.NDArray[np.bool_], *, maker: str) -> tuple[pa.Table, Ties]:
    """LINK rows told before between persons who are known and not fresh, and those of layer `same_person` by place.

    Companies are told anew each time.
    """
    columns = ", ".join(f'"{name}"' for name in LINK.names)
    sql = f"select {columns} from link where maker = ? and layer in ('same_person', 'household')"
    rows = ask.lake(sql, [maker]).cast(LINK)
    both = pa.chunked_array([*rows["left"].chunks, *rows["right"].chunks], TEXT)
    left, right = np.split(pc.index_in(both, ids).fill_null(-1).to_numpy().astype(np.int64), 2)
    known = np.append(~fresh, False)  # nobody, -1, is the last
    stays = known[left] & known[right]
    same = stays & (rows["layer"].to_numpy() == "same_person")
    return rows.filter(pa.array(stays)), Ties(left[same], right[same], rows["probability"].to_numpy()[same])

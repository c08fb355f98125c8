"""Words that speak for a text written against a reward, or to promote: evidence, never a verdict on a person."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from touchstone.language.model import REASONS
from touchstone.understand._pass import Understood, signals, words

HEADS = REASONS
_LABELS = ("promotional", "disclosed", "coupon", "insider", "style")
_WORTH_A_ROW = 0.25  # probability from which the whole is told
_A_REASON = 0.1  # what a reason must make likely by itself to be shown beside it


def understand(reading: Understood) -> pa.Table:
    """SIGNAL rows labelled `promotional` where the probability is .25 or more, and beside each its reasons.

    A reason's probability is what it makes likely alone: `disclosed` (a reward is named), `coupon` (codes, prizes,
    calls to act), `insider` (speaks for the seller), `style` (reads like sponsored praise). A text without rows is
    less likely promoted than .25, or says too little: it is unknown, not cleared.
    """
    likely = reading.reading.promotional
    rows = np.flatnonzero(likely >= _WORTH_A_ROW)
    chance = np.column_stack([likely[rows], reading.reading.message.at(rows).reasons])
    row, reason = np.nonzero(chance >= _A_REASON)
    score = pa.array(chance[row, reason])
    return signals(reading, "promotion", rows=rows[row], label=words(reason, _LABELS), score=score, probability=score)

"""Whether satisfied customers pay more for the same: what was paid against what is usual for the product."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np

from touchstone.core.ask import Ask

_FEWEST = 200  # customers who said something and bought later
_SURE = 2.576  # standard errors that the slope must lie above 0: 99 %, for it is one more link that is looked for
_SPAN = """SELECT min(CAST(occurred_at AS DATE)) AS first, max(CAST(occurred_at AS DATE)) AS last,
    max(currency) AS currency FROM interaction WHERE kind = 'purchase' AND amount > 0"""
_PAID = """WITH told AS (
    SELECT person, avg(10 * (value - worst) / (best - worst)) AS s FROM interaction
    WHERE person IS NOT NULL AND touchpoint IS NULL AND metric IN ('nps', 'csat', 'ces', 'rating') AND worst <> best
    AND value IS NOT NULL AND CAST(occurred_at AS DATE) < ? GROUP BY person
), paid AS (
    SELECT person, product, coalesce(touchpoint, '') AS what, ln(amount) AS y FROM interaction
    WHERE kind = 'purchase' AND amount > 0 AND product IS NOT NULL AND person IS NOT NULL AND currency = ?
    AND CAST(occurred_at AS DATE) >= ?
), usual AS (
    SELECT product, what, avg(y) AS mean FROM paid GROUP BY product, what HAVING count(*) >= 20
), beyond AS (
    SELECT p.person AS person, avg(p.y - u.mean) AS d FROM paid AS p
    JOIN usual AS u ON u.product = p.product AND u.what = p.what GROUP BY p.person
)
SELECT count(*) AS n, sum(t.s) AS s, sum(b.d) AS d, sum(t.s * t.s) AS ss, sum(t.s * b.d) AS sd, sum(b.d * b.d) AS dd
FROM beyond AS b JOIN told AS t ON t.person = b.person"""


def premium(ask: Ask) -> dict[str, Any]:
    """The share more that is paid for the same per point of a score of 0 to 10, with limits, and whether it is `real`.

    Scores before the middle of the time, purchases after it; by customer the mean of log amounts less the usual of that
    product (and touchpoint). `why` where nothing can be told.
    """
    span = ask.lake(_SPAN).to_pylist()[0]
    if span["first"] is None or span["currency"] is None:
        return {"real": False, "why": "no purchase says what was paid"}
    turn = span["first"] + timedelta(days=(span["last"] - span["first"]).days // 2)
    sums = ask.lake(_PAID, [turn, span["currency"], turn]).to_pylist()[0]
    n = int(sums["n"])
    if n < _FEWEST:
        return {"real": False, "n": n, "why": f"{n} customers said something and bought a known product later"}
    across = sums["ss"] - sums["s"] ** 2 / n
    if across <= 1e-9 * n:
        return {"real": False, "n": n, "why": "all are equally satisfied"}
    slope = (sums["sd"] - sums["s"] * sums["d"] / n) / across
    rest = max(sums["dd"] - sums["d"] ** 2 / n - slope**2 * across, 0.0)
    error = float(np.sqrt(rest / (n - 2) / across))
    value, far = round(float(slope), 9), round(1.96 * error, 9)
    return {"real": bool(slope > _SURE * error), "n": n, "value": value, "low": value - far, "high": value + far}

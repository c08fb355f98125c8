"""Co-operative support: the share of a partner's spend that the company pays, when the partner decides on the spend.

Sales respond k x sqrt(a) to the spend a. The company names its share t first; the partner, who pays the rest, then
spends what is best for itself: sqrt(a) = partner margin x k / (2 (1 - t)). The company's best share, knowing that, is
t = (2 m - r) / (2 m + r) for margins m (company) and r (partner) where m > r / 2, else 0 (Huang & Li 2001).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Support:
    """By partner: the share paid, the spend, what company and partner gain, and what both could if they were one."""

    rate: Floats
    spend: Floats
    company: Floats
    partner: Floats
    together: Floats


def support(response: ArrayLike, company: ArrayLike, partner: ArrayLike) -> Support:
    """The company's best share and what follows from it; arrays of one length, none below 0.

    Of a partner without margin it is the limit of ever smaller margins: it spends what is best when all is paid.
    """
    k, m, r = (np.asarray(each, float) for each in (response, company, partner))
    known = 2 * m + r > 0
    rate = np.where(known, np.fmax(2 * m - r, 0.0) / np.where(known, 2 * m + r, 1.0), 0.0)
    root = k * np.where(2 * m > r, (2 * m + r) / 4, r / 2)
    spend = root**2
    gains = (m * k * root - rate * spend, r * k * root - (1 - rate) * spend)
    return Support(rate, spend, *gains, ((m + r) * k / 2) ** 2)

"""When a figure is worth an alert: its interval lies beyond a threshold at every look and for every rule at once.

Pure. A figure that is looked at again and again with a plain 95 % interval crosses any line sooner or later by chance.
Its interval is therefore widened to one that holds at all looks together (an asymptotic confidence sequence), at a
chance of error shared out over all figures that are looked at.
"""

from __future__ import annotations

from math import isfinite, log, sqrt

ALPHA = 0.05
TUNED = 500
"""Answers at which the widened interval is tightest."""
_PLAIN = 1.959964


def widened(n: int, *, comparisons: int = 1, raised: int = 0) -> float:
    """By how much a 95 % interval of `n` answers is stretched about its figure (1 or more).

    The chance that a figure that never was beyond its threshold is ever told is ALPHA over all `comparisons`; each
    time a reader found an alert of the rule not useful (`raised`), its share is halved. Source: Waudby-Smith, Arbour,
    Sinha, Kennedy & Ramdas 2024, Annals of Statistics 52(6), theorem 2.2 and its tuning at a number of answers.
    """
    alpha = ALPHA / max(comparisons, 1) / 2**raised
    spread = (-2 * log(alpha) + log(-2 * log(alpha)) + 1) / TUNED  # rho squared
    known = max(n, 1) * spread
    return max(sqrt(2 * (known + 1) / known * log(sqrt(known + 1) / alpha)) / _PLAIN, 1.0)


def beyond(
    value: float | None, low: float | None, high: float | None, *, threshold: float, above: bool, stretch: float = 1.0
) -> bool:
    """Whether the interval, stretched about the figure, lies wholly beyond the threshold."""
    if value is None or low is None or high is None or not all(map(isfinite, (value, low, high))):
        return False
    if above:
        return value - stretch * (value - low) > threshold
    return value + stretch * (high - value) < threshold

"""How soon themes that emerge or grow raise an alarm, and how often those that stay do: weekly looks for a year."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from touchstone.science.change import Watched, watch_scores

SERIES, BASELINE, WEEKS, CHANGED, GROWN = 200, 8, 60, 20, 3.0


def lines() -> Iterator[str]:
    """By texts a week and a theme's share of them: false alarms, and weeks until growth is seen."""
    for texts in (50, 250):
        for share in (0.005, 0.01, 0.03, 0.1):
            same = [_watched(seed, texts, share, share) for seed in range(SERIES)]
            told = f"change, themes of {share:g} in {texts} texts a week: alarms of {SERIES} that stay: {_found(same)}"
            for what, former in (("from nothing", 0.0), ("from a third", share / GROWN)):
                grown = [_watched(seed, texts, former, share) for seed in range(SERIES)]
                lags = [each.alarm - CHANGED + 1 for each in grown if each.alarm >= CHANGED]
                median = f"{np.median(lags):g}" if lags else "-"
                told += f"; {what}: {len(lags)} found, after {median} weeks"
            yield told


def _found(watched: list[Watched]) -> int:
    return sum(each.alarm >= 0 for each in watched)


def _watched(seed: int, texts: int, before: float, since: float) -> Watched:
    """The watch of a theme's weekly texts, drawn around these shares."""
    shares = np.repeat([before, since], [CHANGED, WEEKS - CHANGED])
    said = np.random.default_rng([seed, texts, int(1000 * since)]).binomial(texts, shares)
    counts = np.column_stack([texts - said, said]).astype(float)
    return watch_scores(counts, np.array([0.0, 1.0]), baseline=BASELINE, alpha=0.05)

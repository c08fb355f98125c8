"""What `needs` finds of what was planted, over 200 seeds: null worlds, a planted share, twice the share."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tests.measure.test_needs import told, world

SEEDS = 200


def lines() -> Iterator[str]:
    """False finds, coverage of planted shares, and the ratio for twice the share."""
    empty = sum(told(world(seed, count=60))[0]["value"] is not None for seed in range(SEEDS))
    yield f"needs: found where nothing is asked, worlds of {SEEDS}: {empty}"
    shares = np.random.default_rng(1).uniform(0.2, 0.5, SEEDS)  # one share alone shows the steps of its binomial
    found = [told(world(seed, stock=share, count=100))[0] for seed, share in enumerate(shares)]
    held = np.mean([row["low"] <= share <= row["high"] for row, share in zip(found, shares, strict=True)])
    yield f"needs: planted shares of .2 to .5 within their limits: {held:.3f}"
    one, two = (np.mean([told(world(seed, stock=share))[0]["value"] for seed in range(40)]) for share in (0.2, 0.4))
    yield f"needs: twice the share is {two / one:.2f} times the figure"

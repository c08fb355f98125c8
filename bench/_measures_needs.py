"""What `needs` finds of what was planted, over 200 seeds: null worlds, a planted share, twice the share."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tests.measure.test_needs import told, world

SEEDS = 200


def lines() -> Iterator[str]:
    """False finds, coverage of the planted share, and the ratio for twice the share."""
    empty = sum(told(world(seed, count=60))[0]["value"] is not None for seed in range(SEEDS))
    yield f"needs: found where nothing is asked, worlds of {SEEDS}: {empty}"
    found = [told(world(seed, stock=0.3, count=100))[0] for seed in range(SEEDS)]
    held = np.mean([row["low"] <= 0.3 <= row["high"] for row in found])
    yield f"needs: planted share of .3 within its limits: {held:.3f}"
    one, two = (np.mean([told(world(seed, stock=share))[0]["value"] for seed in range(40)]) for share in (0.2, 0.4))
    yield f"needs: twice the share is {two / one:.2f} times the figure"

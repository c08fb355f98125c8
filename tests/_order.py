"""Which worker of a run takes which files, and in what order, so that all are busy to the end."""

from __future__ import annotations

from collections import Counter

import pytest
from xdist.scheduler import LoadFileScheduling

TOGETHER = ("tests/store/test_spark", "tests/listen/test_example")
"""Files of one beginning go to one worker: each that needs a cluster, or a whole brand, would make its own."""
FIRST = (
    *TOGETHER,
    "tests/test_house",
    "tests/store/test_kill",
    "tests/browser/",
    "tests/web/test_described",
    "tests/act/",
)
"""What takes longer than the number of its tests lets expect: begun last, it would be waited for."""


class Order(LoadFileScheduling):
    """A file goes to one worker whole, and with it the files that share what is dear to start."""

    def _split_scope(self, nodeid: str) -> str:
        return next((folder for folder in TOGETHER if nodeid.startswith(folder)), super()._split_scope(nodeid))


def order(items: list[pytest.Item]) -> None:
    """The dear files first, then those of many tests."""
    tests = Counter(item.path for item in items)

    def place(item: pytest.Item) -> tuple[int, int, str]:
        dear = (number for number, start in enumerate(FIRST) if item.nodeid.startswith(start))
        return next(dear, len(FIRST)), -tests[item.path], str(item.path)

    items.sort(key=place)

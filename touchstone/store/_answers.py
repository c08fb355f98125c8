"""Answers kept while the lake stays as it is, so that a page opened again asks nothing again."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any

import pyarrow as pa

_LONG, _LARGE, _ALL = 2_000, 1 << 20, 48 << 20
"""Questions of so many letters, and answers of so many bytes, are not kept; all kept together are no more than that."""


class Answers:
    """What was answered over one version of the lake for one narrowing; what was asked longest ago goes first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[str, str], pa.Table] = OrderedDict()
        self._bytes = 0

    def of(self, sql: str, parameters: Sequence[Any], find: Callable[[], pa.Table]) -> pa.Table:
        """The answer kept for this question, or what `find` finds, kept from now on."""
        key = (sql, repr(parameters))
        if len(key[1]) > _LONG:
            return find()
        with self._lock:
            if (kept := self._kept.get(key)) is not None:
                self._kept.move_to_end(key)
                return kept
        found = find()
        self._keep(key, found)
        return found

    def _keep(self, key: tuple[str, str], found: pa.Table) -> None:
        if found.nbytes > _LARGE:
            return
        with self._lock:
            before = self._kept.pop(key, None)
            self._kept[key] = found
            self._bytes += found.nbytes - (before.nbytes if before is not None else 0)
            while self._bytes > _ALL:
                self._bytes -= self._kept.popitem(last=False)[1].nbytes

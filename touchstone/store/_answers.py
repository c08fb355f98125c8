"""Answers kept while the lake stays as it is, so that a page opened again asks nothing again."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from hashlib import sha256
from typing import Any, TypeVar

import pyarrow as pa

from touchstone.core.taxonomy import Taxonomy

Found = TypeVar("Found")

_LONG, _LARGE, _ALL = 2_000, 1 << 20, 48 << 20
"""Questions of so many letters, and answers of so many bytes, are not kept; all kept together are no more than that."""
_PASSING = 1_000  # keys of what did not last, so that nobody waits for it: filters can be written without end
_EACH = 2_000  # bytes that a figure takes, or another thing that is made of answers


class Answers:
    """What was answered over one version of the lake for one narrowing; what was asked longest ago goes first.

    Those who ask the same at once wait for one answer.
    """

    def __init__(self, taxonomy: Taxonomy | None = None) -> None:
        self.taxonomy = taxonomy  # that stood when they were given
        self._lock = threading.Lock()
        self._kept: OrderedDict[Any, tuple[Any, int]] = OrderedDict()
        self._coming: dict[Any, Future[tuple[Any, bool]]] = {}
        self._passing: OrderedDict[Any, None] = OrderedDict()  # what did not last when it was made before
        self._bytes = 0

    def of(self, sql: str, parameters: Sequence[Any], find: Callable[[], pa.Table]) -> pa.Table:
        """The answer kept for this question, or what `find` finds, kept from now on."""
        key = (sql, repr(parameters))
        return find() if len(key[1]) > _LONG else self.made(key, find)

    def made(self, key: Any, find: Callable[[], Found], *, lasts: Callable[[], bool] = lambda: True) -> Found:
        """What is kept under this key, or is being found just now; else what `find` finds, kept if it then `lasts`."""
        own: Future[tuple[Any, bool]] = Future()
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                known: Found = self._kept[key][0]
                return known
            coming = own if key in self._passing else self._coming.setdefault(key, own)
        if coming is own:
            return self._found(key, find, lasts, own)
        found, lasting = coming.result()  # it comes: who finds it never waits for us, only for what it is made of
        shared: Found = found if lasting else find()
        return shared

    def alike(self, key: Any, thing: Any, make: Callable[[], str]) -> str:
        """The text that was made under this key, where the thing said to the letter what it says now; else made now."""
        mark = sha256(repr(thing).encode("utf-8", "surrogatepass")).digest()  # 1 and 1.0 are alike, and are told apart
        with self._lock:
            known = self._kept.get(key, ((None, ""), 0))[0]
            if known[0] == mark:
                self._kept.move_to_end(key)
                return str(known[1])
        made = make()
        self._keep(key, (mark, made), len(made))
        return made

    def _found(self, key: Any, find: Callable[[], Found], lasts: Callable[[], bool], own: Future[Any]) -> Found:
        """What `find` finds, given to all who wait for it; where it fails or will not last, each finds their own."""
        told: tuple[Any, bool] = (None, False)
        try:
            found = find()
            if lasts():
                told = (found, True)
                self._keep(key, found, _size(found))
            else:
                self._pass(key)
        finally:
            with self._lock:
                if self._coming.get(key) is own:
                    del self._coming[key]
            own.set_result(told)
        return found

    def _pass(self, key: Any) -> None:
        with self._lock:
            self._passing[key] = None
            while len(self._passing) > _PASSING:
                self._passing.popitem(last=False)

    def _keep(self, key: Any, found: Any, size: int) -> None:
        if size > _LARGE:
            return
        with self._lock:
            self._bytes += size - self._kept.pop(key, (None, 0))[1]
            self._kept[key] = (found, size)
            while self._bytes > _ALL:
                self._bytes -= self._kept.popitem(last=False)[1][1]


def _size(found: Any) -> int:
    """Bytes that a table, a text or a tuple of figures takes, about."""
    if isinstance(found, pa.Table):
        return int(found.nbytes)
    return len(found) if isinstance(found, str) else _EACH * (1 + len(found)) if isinstance(found, tuple) else _EACH

"""What a verb room may ask, and nothing more: a question already narrowed to what its asker may see."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any, Protocol, TypeVar

import pyarrow as pa

from touchstone.core.taxonomy import Taxonomy
from touchstone.core.viewer import Viewer

Found = TypeVar("Found")
Spread = Callable[[Callable[[pa.Table], pa.Table], pa.Table, pa.Schema], pa.Table]
"""What a function makes of a table's rows, a part of them at a time, as rows of a schema in no particular order."""


class Ask(Protocol):
    """Two sides, one narrowing: `lake` for everything derived, `record` for live state. No query joins both."""

    viewer: Viewer
    seed: int
    now: datetime
    today: date
    """The day of `now` in UTC: what asks no more of the clock is kept until midnight."""
    taxonomy: Taxonomy
    given: pa.Table | None
    """The file of a one-shot call, its columns under the names of fields; None on a home."""

    @property
    def spread(self) -> Spread | None:
        """A cluster to do the work; None where there is none."""

    def lake(self, sql: str, parameters: Sequence[Any] = ()) -> pa.Table:
        """The answer to DuckDB SQL with `?` parameters, over the tables docs/rooms/store.md lists."""

    def kept(self, key: Any, find: Callable[[], Found]) -> Found:
        """What `find` makes, not to be changed: kept under `key`, where it asked the lake alone, as answers are.

        `key` names all that it depends on beside what the asker may see.
        """

    def record(self, select: Any) -> list[dict[str, Any]]:
        """The rows of a SQLAlchemy select over the record."""

    def broken(self) -> int | None:
        """The seq of the first link of what was done that does not hold; None where the chain holds."""

"""A home: one company's feedback, figures and plans, with the verb of every room."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from touchstone.core import finder
from touchstone.core import settings as house
from touchstone.core.viewer import INSIDER, Viewer

if TYPE_CHECKING:
    import pyarrow as pa

    from touchstone.core.page import Page

FIRST = "contact_centre"  # the taxonomy of a home that was given none


class Home:
    """The home at `path`; what it gives back is Arrow tables, pages and plain dicts.

    Where there is none it is made, or with `create=False` it is a `Stop`.
    """

    def __init__(
        self, path: str | Path = ".", *, viewer: Viewer = INSIDER, create: bool = True, **settings: Any
    ) -> None:
        from touchstone.store._taxonomy import TAXONOMY
        from touchstone.store.home import create_store, open_store

        self.path = Path(path)
        self.settings = house.load(self.path, **settings)
        if (self.path / TAXONOMY).exists() or not create:
            self.store = open_store(self.path, viewer=viewer, settings=self.settings)
        else:
            self.store = create_store(self.path, taxonomy=self.settings.taxonomy or FIRST, settings=self.settings)

    def ask(self, viewer: Viewer | None = None, *, remember: bool = False) -> Any:
        """A question to this home, narrowed to what `viewer` may see; `remember`: answers given before are kept."""
        return self.store.ask(viewer, remember=remember)

    def act(self, name: str, /, **fields: Any) -> Any:
        """One action by its name (`account.open`), with its fields."""
        return finder.verb("act", name)(self.store, **fields)

    def listen(self, source: str, target: str | None = None, **settings: Any) -> dict[str, Any]:
        """What arrived from a source or a file; `map` overrules columns, other settings are the source's own."""
        columns = settings.pop("map", None)
        outcome: dict[str, Any] = self.act("listen", source=source, target=target, map=columns, set=settings or None)
        return outcome

    def run(self, **fields: Any) -> dict[str, Any]:
        """The journey over whatever is new: understand, connect, measure, decide."""
        outcome: dict[str, Any] = self.act("run", **fields)
        return outcome

    def serving(self) -> AbstractContextManager[None]:
        """Works the journeys that any process of this home starts, and what the clock does, while the block runs."""
        from touchstone.act._clock import tick
        from touchstone.act._journey import ALL
        from touchstone.store.jobs import Jobs

        return Jobs(self.store, ALL).serving(lambda: tick(self.store))

    def measure(self, name: str, *, by: Sequence[str] = (), **settings: Any) -> pa.Table:
        """Metric rows of one measure by any mix of cuts."""
        return self._verb("measure", name, by=by, **settings)

    def connect(self, name: str, **settings: Any) -> list[pa.Table]:
        """Link and signal rows of one connector, table by table."""
        return list(self._verb("connect", name, **settings))

    def decide(self, name: str, **limits: Any) -> pa.Table:
        """Plan rows of one optimiser."""
        return self._verb("decide", name, **limits)

    def share(self, name: str, **settings: Any) -> Any:
        """What one thing shared gives the partner."""
        return self._verb("share", name, **settings)

    def page(self, name: str, **filters: Any) -> Page:
        """One page as blocks; `show` renders it."""
        page: Page = self._verb("show", name, **filters)
        return page

    def rows(self, room: str, name: str, *, by: Sequence[str], settings: dict[str, Any]) -> list[dict[str, Any]]:
        """Rows of one measure or optimiser as outsiders see them, by columns first."""
        from touchstone.home.rows import belonging, ordered, plain

        if room == "connect":
            return belonging(self.connect(name, **settings))
        cut = {"by": list(by)} if by or room == "measure" else {}
        table = self._verb(room, name, **cut, **settings)
        return [ordered(each, list(by)) if room == "measure" else each for each in plain(table)]

    def _verb(self, room: str, name: str, **settings: Any) -> Any:
        self.store.derive()
        return finder.verb(room, name)(self.store.ask(), **finder.arguments(room, name, settings))

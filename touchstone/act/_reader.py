"""What reads a home's texts: the model in force with the home's taxonomy, and every enricher over its readings."""

from __future__ import annotations

from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any
from zlib import crc32

import pyarrow as pa

from touchstone.core import finder
from touchstone.core.tables import MENTION, SIGNAL
from touchstone.core.taxonomy import write

UNDERSTOOD = {"mention": MENTION, "signal": SIGNAL}


@lru_cache(maxsize=2)  # the one in force and the one that is being tried
def _loaded(file: Path | None, _written: int) -> Any:
    from touchstone.language.model import load

    return load(file)


class Reader:
    """Reads interactions of one home; the model is loaded and compiled only where there is something to read."""

    def __init__(self, store: Any, *, model: str | None = None) -> None:
        self.store, self.taxonomy = store, store.taxonomy
        self._file = store.settings.model if model is None else model

    @cached_property
    def model(self) -> Any:
        """The model that reads."""
        file = Path(self._file) if self._file else None
        return _loaded(file, file.stat().st_mtime_ns if file and file.exists() else 0)

    @property
    def maker(self) -> str:
        """Another model or another taxonomy is another maker, which reads everything anew."""
        return f"understand@{self.model.version}-{crc32(write(self.taxonomy).encode()):08x}"

    def read(self, interactions: pa.Table) -> dict[str, pa.Table]:
        """The MENTION and SIGNAL rows of a batch; one pass of the model serves every enricher."""
        from touchstone.understand import _pass

        reading = _pass.read(interactions, self.model.compile(self.taxonomy))
        made = [finder.verb("understand", part)(reading) for part in finder.names("understand")]
        return {
            name: pa.concat_tables(
                [schema.empty_table(), *(each for each in made if each.schema.names == schema.names)]
            )
            for name, schema in UNDERSTOOD.items()
        }

    def catch_up(self) -> None:
        """Brings corrections to what is understood already; reads again what one that was taken back had changed."""
        self.store.derive()
        if not self.store.undone():
            return
        waiting, last = self.store.waiting(self.maker)
        if len(waiting):
            self.store.reread(self.maker, self.read(waiting), ids=waiting["id"].to_pylist(), last=last)

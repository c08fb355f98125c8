"""What reads a home's texts: the model in force with the home's taxonomy, and every enricher over its readings."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any
from zlib import crc32

import pyarrow as pa
import pyarrow.compute as pc

from touchstone.act._calibration import Calibration, kept, renew
from touchstone.core import finder
from touchstone.core.tables import MENTION, SIGNAL
from touchstone.core.taxonomy import parse, write

UNDERSTOOD = {"mention": MENTION, "signal": SIGNAL}


@lru_cache(maxsize=2)  # the one in force and the one that is being tried
def _loaded(file: str, _written: int) -> Any:
    from touchstone.language.model import load

    return load(file or None)


@lru_cache(maxsize=4)
def _ready(file: str, written: int, taxonomy: str, shares: tuple[float, ...]) -> Any:
    return _loaded(file, written).compile(parse(taxonomy)).expecting(shares)


@dataclass(frozen=True)
class Enrichers:
    """Every enricher with a model and a taxonomy, told by what they are read from: it may travel to other processes."""

    file: str  # empty: the model that ships with the package
    written: int  # when, for a file may be taught anew
    taxonomy: str  # as YAML
    calibration: Calibration

    @property
    def compiled(self) -> Any:
        """The model with the taxonomy and the calibration, ready to read."""
        return _ready(self.file, self.written, self.taxonomy, self.calibration.shares)

    def __call__(self, interactions: pa.Table) -> dict[str, pa.Table]:
        """The MENTION and SIGNAL rows of a batch, each with the `seq` of its interaction."""
        from touchstone.understand import _pass

        reading = _pass.read(interactions, self.compiled, numbered=True, calibration=self.calibration.version)
        made = [finder.verb("understand", part)(reading) for part in finder.names("understand")]
        made = [_numbered(each, interactions) for each in made]
        return {
            name: pa.concat_tables(each for each in made if each.schema.names == [*schema.names, "seq"])
            for name, schema in UNDERSTOOD.items()
        }


def _numbered(made: pa.Table, interactions: pa.Table) -> pa.Table:
    """The rows with the seq of their interactions, which guests may leave to us to look up."""
    if "seq" in made.column_names:
        return made
    places = pc.index_in(made["interaction"], value_set=interactions["id"].combine_chunks())
    return made.append_column("seq", interactions["seq"].take(places))


class Reader:
    """Reads interactions of one home; the model is loaded and compiled only where there is something to read."""

    def __init__(self, store: Any, *, model: str | None = None) -> None:
        self.store, self.taxonomy = store, store.taxonomy
        self._file = store.model if model is None else model

    @cached_property
    def _written(self) -> int:
        file = Path(self._file)
        return file.stat().st_mtime_ns if self._file and file.exists() else 0

    @cached_property
    def _written_taxonomy(self) -> str:
        return write(self.taxonomy)  # YAML takes its time

    @cached_property
    def model(self) -> Any:
        """The model that reads."""
        return _loaded(self._file, self._written)

    @property
    def taught(self) -> bool:
        """Whether the model learned from this home's own texts."""
        return bool(self._file) and Path(self._file).parent == self.store.path / "models"

    @property
    def maker(self) -> str:
        """Another model, taxonomy or calibration is another maker, which reads everything anew."""
        return "-".join(filter(None, (f"understand@{self._what}", kept(self.store, self._what).version)))

    @property
    def _what(self) -> str:
        return f"{self.model.version}-{crc32(self._written_taxonomy.encode()):08x}"

    @property
    def enrichers(self) -> Enrichers:
        """What reads a batch."""
        return Enrichers(self._file, self._written, self._written_taxonomy, kept(self.store, self._what))

    def calibrate(self) -> None:
        """Learns from the home's texts how frequent touchpoints without words are, where that is not known yet."""
        if not all(each.words for each in self.taxonomy):
            renew(self.store, self._what, _ready(self._file, self._written, self._written_taxonomy, ()))

    def read(self, interactions: pa.Table) -> dict[str, pa.Table]:
        """The MENTION and SIGNAL rows of a batch; one pass of the model serves every enricher."""
        return self.enrichers(interactions)

    def catch_up(self) -> None:
        """Brings corrections to what is understood already; reads again what one that was taken back had changed."""
        self.store.derive()
        if not self.store.undone():
            return
        waiting, last = self.store.waiting(self.maker)
        if len(waiting):
            self.store.reread(self.maker, self.read(waiting), ids=waiting["id"].to_pylist(), last=last)

"""The lake on a Spark cluster as an insider's `ask` reads it: the setting `engine` = spark, for precomputing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from touchstone.core.errors import Stop
from touchstone.core.settings import Settings
from touchstone.store._lake import Lake, State

if TYPE_CHECKING:
    from touchstone.store._behind import Snapshot
    from touchstone.store.spark import SparkEngine


def cluster(settings: Settings) -> SparkEngine:
    """A session on the cluster the settings name."""
    if not settings.spark_master:
        raise Stop("no cluster.", where="setting spark_master", todo="Give spark://host:port, or engine = duckdb.")
    try:
        from touchstone.store.spark import SparkEngine
    except ModuleNotFoundError as error:
        raise Stop(
            f"{error.name} is not installed.", where="setting engine", todo="pip install 'touchstone-cx[spark]'"
        ) from error
    return SparkEngine(settings.spark_master, {})


class Clustered:
    """The whole lake at one version on the cluster: big tables from their files, small ones from `whole`."""

    def __init__(self, whole: Snapshot, lake: Lake, *, engine: SparkEngine, columns: Mapping[str, list[str]]) -> None:
        self.state: State = whole.state
        self.rows = whole.rows
        self._whole, self._lake, self._engine, self._columns = whole, lake, engine, columns
        self._made: set[str] = set()

    def ready(self, names: frozenset[str]) -> None:
        """Shows the cluster those of the tables `names` it has not seen yet."""
        for name in sorted((names & set(self._columns)) - self._made):
            files = [self._lake.path(piece) for piece in self.state.of(name)]
            self._engine.add(name, files or self._small(name), columns=self._columns[name])
            self._made.add(name)

    def _small(self, name: str) -> pa.Table:
        self._whole.ready(frozenset({name}))
        return self._whole.answer(f"select * from {name}")

    def answer(self, sql: str, parameters: Sequence[Any] = ()) -> pa.Table:
        """The answer to one question, worked out by the cluster."""
        return self._engine.query(sql, parameters)

    def spread(self, function: Callable[[pa.Table], pa.Table], table: pa.Table, schema: pa.Schema) -> pa.Table:
        """What `function`, which travels to the workers, makes of the rows of `table`, a part of them at a time."""
        self._engine.add("spread", table)
        try:
            return self._engine.map_batches("spread", partial(_of_batch, function, schema), schema)
        finally:
            self._engine.forget("spread")


def _of_batch(function: Callable[[pa.Table], pa.Table], schema: pa.Schema, batch: pa.RecordBatch) -> pa.RecordBatch:
    made = function(pa.Table.from_batches([batch])).select(schema.names).cast(schema)
    return pa.RecordBatch.from_arrays([pa.concat_arrays(column.chunks) for column in made.columns], schema=schema)

"""The lake on a Spark cluster: the same DuckDB SQL, rendered by SQLGlot, with the same answer to the same types.

Spark precomputes what is too much for one machine; DuckDB serves pages. What SQL both engines agree on is listed in
`docs/engines.md`.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeAlias

import pyarrow as pa
import pyarrow.parquet as pq
import sqlglot
from pyspark import SparkContext
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession
from pyspark.sql.classic.dataframe import DataFrame
from pyspark.sql.pandas.types import from_arrow_schema
from pyspark.sql.udf import UserDefinedFunction
from pyspark.util import PythonEvalType
from sqlglot import exp

from touchstone.core.errors import Retry, Stop
from touchstone.store._duck import answer, connect, fill

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
SQL = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "false",  # a division by zero is null, as in DuckDB
    "spark.sql.execution.arrow.pyspark.enabled": "true",
    "spark.sql.execution.arrow.maxRecordsPerBatch": "20000",
}
"""Settings of a session in which SQL means what it means to DuckDB."""
_LOCK = threading.Lock()
_ENGINES: Counter[str] = Counter()
"""How many engines run in each application that was started for them: a process has one at a time."""
DISTINCT_ERROR = 0.01  # standard error of approximate distinct counts
Source: TypeAlias = "pa.Table | Sequence[str | Path]"
Batches = Callable[[pa.RecordBatch], pa.RecordBatch]


class SparkEngine:
    """Answers DuckDB SQL on the cluster at `master` (spark://host:port) over `tables`.

    A table is a list of Parquet files that every worker can read under the same path, or a small Arrow table.
    """

    def __init__(self, master: str, tables: Mapping[str, Source]) -> None:
        self._session, self._application = _joined(master)
        self._shapes = connect()  # empty tables of the same columns: DuckDB says of which types an answer is
        with ExitStack() as failing:
            failing.callback(self.close)
            for name, source in tables.items():
                self.add(name, source)
            failing.pop_all()

    def __enter__(self) -> SparkEngine:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Leaves the cluster, if no other engine of this process is on it and the session is no one else's."""
        self._shapes.close()
        with _LOCK:
            own, self._application = self._application, ""
            if own:
                _ENGINES[own] -= 1
                if not _ENGINES[own]:
                    self._session.stop()

    def add(self, name: str, source: Source, *, columns: Sequence[str] | None = None) -> None:
        """Makes `source`, or these `columns` of it, the table `name`; one of that name before is forgotten."""
        schema = source.schema if isinstance(source, pa.Table) else pq.read_schema(_first(name, source))
        if isinstance(source, pa.Table):
            rows = source if len(source) else []  # an empty Arrow table has no chunks, which pyspark stumbles over
            frame = self._session.createDataFrame(rows, schema=from_arrow_schema(schema))
        else:
            frame = self._session.read.parquet(*[str(path) for path in source])
        wanted = list(columns or schema.names)
        frame.select(*wanted).createOrReplaceTempView(name)
        fill(self._shapes, name, schema.empty_table().select(wanted))

    def forget(self, name: str) -> None:
        """Takes a table away from the cluster."""
        self._session.catalog.dropTempView(name)

    def query(self, sql: str, parameters: Sequence[Any] = ()) -> pa.Table:
        """The answer, in the order the SQL asks for, with the column types DuckDB would give.

        What is no question, or names what there is not, is refused as DuckDB refuses it, before Spark sees it.
        """
        schema = answer(self._shapes, sql, parameters).schema
        rendered = render(sql)
        values = {f"p{number}": _value(value) for number, value in enumerate(parameters)}
        with _told(rendered):
            found = self._session.sql(rendered, args=values).toArrow()
        return _as(found, schema)

    def map_batches(self, table: str, function: Batches, schema: pa.Schema) -> pa.Table:
        """What `function` makes of every batch of `table`, worked on by the whole cluster; in no particular order.

        `function` takes and gives record batches (what it gives has the columns of `schema`); it travels to the
        workers, which have Touchstone installed.
        """

        def work(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
            for batch in batches:
                yield from pa.Table.from_batches([function(batch)]).select(schema.names).cast(schema).to_batches()

        with _told(f"map_batches over {table}"):
            found = _map_in_arrow(self._session.table(table), work, schema).toArrow()
        return _as(found, schema)


@lru_cache(maxsize=1024)
def render(sql: str) -> str:
    """The Spark SQL of one DuckDB question; its nth `?` becomes `:pn`."""
    tree = sqlglot.parse_one(sql, dialect="duckdb")
    for number, placeholder in enumerate(list(tree.find_all(exp.Placeholder, bfs=False))):
        placeholder.replace(exp.Placeholder(this=f"p{number}"))
    return str(tree.transform(_agreed).sql(dialect="spark"))


def _map_in_arrow(frame: DataFrame, work: Any, schema: pa.Schema) -> DataFrame:
    """`frame.mapInArrow(work, schema)`, less its one line that insists on pandas, which Arrow batches never touch."""
    function = UserDefinedFunction(
        work, returnType=from_arrow_schema(schema), evalType=PythonEvalType.SQL_MAP_ARROW_ITER_UDF
    )
    column = function(*[frame[name] for name in frame.columns])
    return DataFrame(frame._jdf.mapInArrow(column._jc, False, None), frame.sparkSession)


def _agreed(node: exp.Expression) -> exp.Expression:
    """The few spots where SQLGlot's rendering is not what DuckDB means."""
    match node:
        case exp.ApproxDistinct():
            return exp.Anonymous(this="approx_count_distinct", expressions=[node.this, _double(DISTINCT_ERROR)])
        case exp.ApproxQuantile():
            return exp.Anonymous(this="percentile_approx", expressions=[node.this, node.args["quantile"]])
        case exp.Quantile() | exp.PercentileCont():
            share = node.args.get("quantile") or node.expression
            return exp.Anonymous(this="percentile", expressions=[node.this, share])
        case exp.ArrayOverlaps():
            return exp.Anonymous(this="arrays_overlap", expressions=[node.this, node.expression])
        case exp.Literal() if not node.is_string and not node.is_int:
            return _double(node.this)  # Spark would reckon in decimals of few digits
    return node


def _double(number: object) -> exp.Expression:
    return exp.var(f"{number}D")


def _value(value: Any) -> Any:
    """A parameter as Spark must get it: an instant without zone is UTC here, but the driver's own zone to Spark."""
    if isinstance(value, datetime) and value.tzinfo is None:
        return value.replace(tzinfo=UTC)
    return list(value) if isinstance(value, tuple) else value


def _as(table: pa.Table, schema: pa.Schema) -> pa.Table:
    """`table` with the types of `schema`: whole numbers widen, instants lose or gain their zone or their hours."""
    columns = [
        column.cast(field.type, safe=not pa.types.is_date(field.type))
        for column, field in zip(table.columns, schema, strict=True)
    ]
    return pa.Table.from_arrays(columns, schema=schema)


def _first(name: str, source: Sequence[str | Path]) -> str:
    if not source:
        raise Stop(f"the table {name} has no files.", where="spark", todo="Give an empty Arrow table instead.")
    return str(source[0])


@contextmanager
def _told(what: str) -> Iterator[None]:
    try:
        yield
    except PySparkException as error:
        raise Stop(f"Spark cannot answer ({str(error).splitlines()[0]}).", where=what[:500]) from error


def _joined(master: str) -> tuple[SparkSession, str]:
    """A session with tables and settings of its own, and the application it counts in: none where it is another's."""
    with _LOCK:
        running = SparkContext._active_spark_context
        theirs = running is not None and not _ENGINES[running.applicationId]
        whole = SparkSession.builder.getOrCreate() if theirs else _started(master)
        session = whole.newSession()
        for name, value in SQL.items():
            session.conf.set(name, value)
        application = "" if theirs else session.sparkContext.applicationId
        if application:
            _ENGINES[application] += 1
    return session, application


def _started(master: str) -> SparkSession:
    """This process's session on the cluster; on a loopback one, all stays on loopback and in this interpreter."""
    host = master.removeprefix("spark://").rpartition(":")[0]
    settings = {"spark.ui.enabled": "false"}
    if host in LOOPBACK:
        # Spark reads these two from nowhere else: the Java process that is started next, and its workers' Python.
        os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
        settings |= {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
    builder = SparkSession.builder.master(master).appName("touchstone")
    for name, value in settings.items():
        builder = builder.config(name, value)
    try:
        session: SparkSession = builder.getOrCreate()
    except (PySparkException, OSError) as error:
        raise Retry(f"no session on {master} ({error}).", where="setting spark_master") from error
    session.sparkContext.setLogLevel("ERROR")
    logging.getLogger("SQLQueryContextLogger").setLevel(logging.CRITICAL)  # what it would print is in our error
    return session

"""Who may leave the cluster: in a file of its own, for a process has one session on it.

A session of one process comes and goes as one on a cluster does, in a fifth of the time.
"""

from __future__ import annotations

import pytest
from pyspark.sql import SparkSession

from touchstone.core.errors import Stop
from touchstone.store.spark import SparkEngine

HERE = "local[1]"
# pyspark leaves the sockets of its Java process to the garbage collector
pytestmark = pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")


def test_the_last_engine_of_a_process_leaves_the_cluster_and_none_before_it() -> None:
    first, second = SparkEngine(HERE, {}), SparkEngine(HERE, {})
    for _ in range(2):  # closed twice, it does not leave for the other
        first.close()
    assert second.query("select 1 as one").to_pylist() == [{"one": 1}]
    second.close()
    assert SparkSession.getActiveSession() is None
    with SparkEngine(HERE, {}) as again:
        assert again.query("select 1 as one").to_pylist() == [{"one": 1}]


def test_an_engine_that_could_not_begin_has_left_the_cluster() -> None:
    with pytest.raises(Stop, match="no files"):
        SparkEngine(HERE, {"interaction": []})
    assert SparkSession.getActiveSession() is None


def test_a_session_that_someone_else_began_stays_as_it_was() -> None:
    loopback = {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
    builder = SparkSession.builder.master(HERE).config("spark.sql.session.timeZone", "Asia/Tokyo")
    theirs = builder.config(map=loopback).getOrCreate()
    try:
        with SparkEngine(HERE, {}) as engine:
            assert engine.query("select 1 / 0 as none").to_pylist() == [{"none": None}]
        assert theirs.sql("select 1 as one").collect()[0].one == 1
        assert theirs.conf.get("spark.sql.session.timeZone") == "Asia/Tokyo"
    finally:
        theirs.stop()

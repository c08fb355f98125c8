"""A real Spark standalone cluster on loopback, from the pip-installed pyspark: one master, two workers."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path

import pytest

STARTUP_SECONDS = 120
LOOPBACK = "127.0.0.1"
QUICK = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xshare:auto -Djava.net.preferIPv4Stack=true"
DEFAULTS = {
    "spark.driver.extraJavaOptions": QUICK,
    "spark.executor.extraJavaOptions": QUICK,
    "spark.driver.memory": "512m",
    "spark.executor.memory": "512m",
    "spark.sql.shuffle.partitions": "2",
    "spark.default.parallelism": "2",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.ui.enabled": "false",
}
"""A cluster for a minute's work on small tables: quick to start rather than quick in the long run.

Plans are run as first made and without being compiled: what takes a question to few rows most of its time.
"""


HERE = "local[2]"
ALONE = {"spark.driver.host": LOOPBACK, "spark.driver.bindAddress": LOOPBACK}


def missing_part() -> tuple[str, str] | None:
    """What the machine lacks for a cluster and how to get it; None: nothing."""
    if find_spec("pyspark") is None:
        return "pyspark", "pip install 'touchstone-cx[spark]'"
    if shutil.which("java") is None:
        return "Java", "apt-get install default-jre-headless"
    return None


@contextmanager
def cluster(workers: int = 2) -> Iterator[str]:
    """The address, spark://127.0.0.1:port, of a cluster that lasts for the block. Ports are the system's choice."""
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="touchstone-spark-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        (folder / "conf").mkdir()
        lines = (f"{name} {value}\n" for name, value in DEFAULTS.items())
        (folder / "conf" / "spark-defaults.conf").write_text("".join(lines))
        stack.enter_context(pytest.MonkeyPatch.context()).setenv("SPARK_CONF_DIR", str(folder / "conf"))
        log = stack.enter_context(_daemon("master.Master", folder / "master", ["--port", "0"]))
        address = _wait_for(r"Starting Spark master at (spark://\S+)", [log])[0]
        size = ["--cores", "1", "--memory", "1g", "--work-dir", str(folder / "work")]
        logs = [
            stack.enter_context(_daemon("worker.Worker", folder / f"worker-{number}", [*size, address]))
            for number in range(workers)
        ]
        _wait_for(r"Successfully registered with master (\S+)", logs)
        yield address


@contextmanager
def here() -> Iterator[str]:
    """The address of a session in this process, which engines join for the block; tables still lie in two parts.

    What a question means is settled before it is known where it runs: only its cost differs from a cluster's.
    """
    from pyspark.sql import SparkSession

    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("SPARK_LOCAL_IP", LOOPBACK)
        session = SparkSession.builder.master(HERE).config(map=DEFAULTS | ALONE).getOrCreate()
        session.sparkContext.setLogLevel("ERROR")
        yield HERE
        session.stop()


@contextmanager
def _daemon(name: str, log: Path, arguments: list[str]) -> Iterator[Path]:
    home = Path(str(find_spec("pyspark").origin)).parent  # type: ignore[union-attr]  # it is there
    environment = os.environ | {
        "SPARK_HOME": str(home),
        "SPARK_LOCAL_IP": LOOPBACK,
        "PYSPARK_PYTHON": sys.executable,
        "PYTHONPATH": str(Path(__file__).parent.parent),
        "SPARK_DAEMON_MEMORY": "256m",
        "SPARK_DAEMON_JAVA_OPTS": QUICK,
    }
    command = [str(home / "bin" / "spark-class"), f"org.apache.spark.deploy.{name}", "--host", LOOPBACK]
    with log.open("w") as output:
        process = subprocess.Popen(
            [*command, "--webui-port", "0", *arguments], env=environment, stdout=output, stderr=output, cwd=log.parent
        )
    try:
        yield log
    finally:
        process.terminate()
        process.wait(STARTUP_SECONDS)


def _wait_for(pattern: str, logs: list[Path]) -> list[str]:
    """What `pattern` captured in each log, once all have it."""
    deadline = time.monotonic() + STARTUP_SECONDS
    while True:
        found = [re.search(pattern, log.read_text("utf-8", errors="replace")) for log in logs]
        if all(found):
            return [each[1] for each in found if each]
        if time.monotonic() > deadline:
            raise RuntimeError("Spark did not start:\n" + "\n".join(log.read_text("utf-8") for log in logs))
        time.sleep(0.1)

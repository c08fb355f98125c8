"""The one-shot report: files of feedback in, one file out, in a home that is gone afterwards."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any

from touchstone.core import finder
from touchstone.core.errors import Refused, Stop
from touchstone.core.tables import ours
from touchstone.core.translation import ENGLISH, languages
from touchstone.home import FIRST, Home
from touchstone.home.rows import plain
from touchstone.show._findings import measures

CHAPTERS = ("overview", "journey", "units", "changes", "priorities", "verbatims", "reading")
FORMATS = (".html", ".pdf", ".json")

Progress = Callable[[str, float], None]


def report(
    files: list[str],
    *,
    output: str,
    map: dict[str, str] | None = None,
    set: dict[str, str] | None = None,
    taxonomy: str | None = None,
    language: str = ENGLISH,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Writes `output` (.html, .pdf or .json by its ending) from `files`; gives back what was read, and the sizes.

    A page or a PDF is said in `language`; what is JSON is for programs.
    """
    if language not in languages():
        todo = f"There are: {', '.join(languages())}."
        raise Refused(f"no report is written in {language!r}.", field="language", todo=todo)
    if (ending := Path(output).suffix.lower()) not in FORMATS:
        raise Refused(f"{output}: no report ends in {ending!r}.", field="output", todo=f"Use {', '.join(FORMATS)}.")
    stage = _Stages(progress)
    with tempfile.TemporaryDirectory(prefix="touchstone-") as folder:
        settings = {"map": map, "set": set}
        home = Home(folder, taxonomy=taxonomy or _guess(files[0], settings))
        outcomes = [home.listen(each, map=map, **(set or {})) for each in files]
        stage.done("listen")
        home.run(durable=False, progress=stage.report)
        stage.next()
        read = _read(files, outcomes, home)
        content = json_report(home, read) if ending == ".json" else _rendered(home, read, ending, language)
        Path(output).write_bytes(content)
        stage.done("show")
    return read


class _Stages:
    """Tells how long each stage took."""

    def __init__(self, progress: Progress | None) -> None:
        self.report = progress or (lambda _name, _seconds: None)
        self.began = time.perf_counter()

    def done(self, name: str) -> None:
        self.report(name, time.perf_counter() - self.began)
        self.next()

    def next(self) -> None:
        self.began = time.perf_counter()


def _guess(file: str, settings: dict[str, Any]) -> str:
    """The ready-made taxonomy that fits the first words of a file and the touchpoints it names."""
    from touchstone.language.guess import best_taxonomy

    arriving = finder.verb("listen", "table")(path=file, **settings)
    batches = [batch for batch in islice(arriving, 40) if not isinstance(batch, tuple)]
    arriving.close()
    if not batches:
        return FIRST
    named = {name for batch in batches for name in _some(batch, "touchpoint", 400)}
    return best_taxonomy(_some(batches[0], "text", 400), named=sorted(named))


def _some(batch: Any, name: str, count: int) -> list[str]:
    """Up to `count` values of a column, spread over the batch; none where the source has no such column."""
    if name not in batch.schema.names:
        return []
    there = batch.column(name).drop_null()
    return [there[place].as_py() for place in range(0, len(there), max(1, len(there) // count))]


def _read(files: list[str], outcomes: list[dict[str, Any]], home: Home) -> dict[str, Any]:
    """What was read and what was left out: `rows` of the files, interactions made of them, rows rejected."""
    columns = [
        {"file": Path(file).name} | each for file, out in zip(files, outcomes, strict=True) for each in out["columns"]
    ]
    interactions = home.ask().lake("select count(*) as n from interaction")["n"][0].as_py()
    return {
        "files": [Path(each).name for each in files],
        "rows": sum(out["rows"] for out in outcomes),
        "interactions": interactions,
        "rejected": sum(out["rejected"] for out in outcomes),
        "columns": columns,
        "taxonomy": home.store.taxonomy.name,
    }


def _pages(home: Home, read: dict[str, Any]) -> list[Any]:
    ask = home.ask()
    own = {"reading": {"read": read}}
    pages = {name: finder.verb("show", name)(ask, **own.get(name, {})) for name in CHAPTERS}
    estimated = ask.lake("select distinct name from metric where value is not null order by name")["name"].to_pylist()
    told = [name for name in measures() if name in estimated and name != "league"]  # the chapter of units is its
    findings = [finder.verb("show", "findings")(ask, name=name) for name in told]
    before = CHAPTERS.index("priorities") + 1
    return [*list(pages.values())[:before], *findings, *list(pages.values())[before:]]


def _rendered(home: Home, read: dict[str, Any], ending: str, language: str) -> bytes:
    from touchstone import show

    if not read["interactions"]:
        raise Stop("no interaction could be read.", where=", ".join(read["files"]), todo="See what was rejected above.")
    pages = _pages(home, read)
    if ending == ".pdf":
        return bytes(show.pdf(pages, meta=read, language=language))
    return str(show.report(pages, meta=read, language=language)).encode()


def json_report(home: Home, read: dict[str, Any]) -> bytes:
    """The report as data, key by key as the contract lays down; what cannot be estimated is null and says why."""
    ask = home.ask()
    metrics = plain(ask.lake("select * from metric order by name, id"))
    return json.dumps(
        {
            "read": read,
            "metrics": metrics,
            "touchpoints": _touchpoints(ask),
            "priorities": plain(ask.lake("select * from plan where name = 'priorities' order by value desc, id")),
            "changes": plain(ask.lake("select * from metric where name = 'difference' order by id")),
            "verbatims": _verbatims(ask, None, 30),
            "seed": ask.seed,
        },
        ensure_ascii=False,
        allow_nan=False,
        indent=1,
    ).encode()


def _touchpoints(ask: Any) -> list[dict[str, Any]]:
    """Each touchpoint with its mentions, its sentiment row and a seeded draw of verbatims."""
    rows = ask.lake(
        """select * from metric where name = 'sentiment' and map_keys("by") = ['touchpoint'] order by n desc, id"""
    )
    return [
        {
            "touchpoint": row["touchpoint"],
            "mentions": row["n"],
            "sentiment": row,
            "verbatims": _verbatims(ask, row["touchpoint"], 5),
        }
        for row in plain(rows)
    ]


def _verbatims(ask: Any, touchpoint: str | None, count: int) -> list[dict[str, Any]]:
    """A random draw, the same for the same seed: ordered by a hash of seed and id, never chosen."""
    chosen = "exists (select 1 from mention m where m.interaction = i.id and m.touchpoint = ?)" if touchpoint else "?=?"
    sql = f"""
        select i.id, i.text, strftime(i.occurred_at, '%Y-%m-%d') as occurred_at, i.url
        from interaction i where i.text is not null and i.text <> '' and not {ours("i.")} and {chosen}
        order by md5(i.id || ?), i.id limit ?"""
    parameters = [touchpoint] if touchpoint else [1, 1]
    rows: list[dict[str, Any]] = ask.lake(sql, [*parameters, str(ask.seed), count]).to_pylist()
    return [row | {"touchpoint": touchpoint} for row in rows]

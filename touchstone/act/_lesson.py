"""A lesson: a model learned from what people said of this home's texts, and what it would change, before it may."""

from __future__ import annotations

import json
from typing import Any

import pyarrow as pa

from touchstone.act import _asking
from touchstone.act._misreading import apart, misreading
from touchstone.act._reader import Reader
from touchstone.act._tried import MAKER, accuracy, expected, figures, moved, row, sample
from touchstone.core.errors import Refused, TouchstoneError
from touchstone.core.tables import MENTION, METRIC
from touchstone.rules import examples as rules
from touchstone.store.scratch import scratch

CANDIDATE, FORMER, MODELS = "candidate", "models", "model@1"
_FACTS = "select seq, id, occurred_at, unit, touchpoint, channel, product, level, campaign, incentive from interaction"


def examples(store: Any) -> list[dict[str, Any]]:
    """What people said of texts, with the texts: corrections, picked readings, every second random one, typed ones."""
    corrections = rules.standing(store.corrections())
    ask, ids = store.ask(), rules.corrected(corrections)
    mentions = ask.lake(
        "select * from mention where list_contains(?, interaction) order by interaction, start, id", [ids]
    )
    signals = ask.lake("select * from signal where list_contains(?, interaction) order by interaction, id", [ids])
    found = rules.examples(corrections, mentions=mentions.to_pylist(), signals=signals.to_pylist())
    wanted = [about for about, example in found.items() if "text" not in example]
    rows = ask.lake("select id, text from interaction where list_contains(?, id)", [wanted]).to_pylist()
    texts = {each["id"]: each["text"] for each in rows if each["text"]}
    return [
        {"text": texts.get(about), **found[about]}
        for about in sorted(found)
        if about in texts or "text" in found[about]
    ]


def teach(store: Any) -> dict[str, Any]:
    """Learns a model and keeps it in the home, beside the one in force."""
    from touchstone.language.teacher import teach as learn

    given = examples(store)
    if not given:
        todo = "Correct a few texts, or give examples, four for each touchpoint."
        raise Refused("there is nothing to learn from.", field="examples", todo=todo)
    _show(store, [_state({"state": "learning", "examples": len(given)})])
    try:
        model = learn(given, taxonomy=store.taxonomy)
    except TouchstoneError as error:
        _show(store, [_state({"state": "failed", "why": str(error)})])
        raise
    folder = store.path / "models"
    folder.mkdir(exist_ok=True)
    unfinished = folder / f"{model.version}.unfinished"
    model.save(unfinished)
    unfinished.replace(folder / f"{model.version}.npz")
    told = {"version": model.version, "examples": len(given), "taught_at": store.now.isoformat(timespec="minutes")}
    store.choose(CANDIDATE, json.dumps(told))
    return {"examples": len(given)}


def compare(store: Any) -> dict[str, Any]:
    """Reads every text with the learned model, and keeps what would change; nothing else is touched."""
    candidate = json.loads(store.chosen(CANDIDATE) or "{}")
    if not candidate:
        return {}
    reader, now = Reader(store, model=str(model_file(store, candidate["version"]))), Reader(store)
    reader.calibrate()
    ask = store.ask()
    facts = ask.lake(_FACTS)
    read = store.corrected("mention", _read(store, reader), maker=reader.maker)
    biases = misreading(store, reader)
    after = scratch(facts, mentions=read, taxonomy=store.taxonomy, derived={"metric": biases}, now=store.now)
    changes = moved(ask, after)
    readings = apart(store)
    rows = [
        _state({"state": "ready", **candidate, "texts": changes.texts, "changed": len(changes.changed)}),
        *changes.rows,
        *figures(ask, after),
        *accuracy(readings, now, reader, ask),
        *expected(reader.model),
        *sample(ask, read, changes.changed),
    ]
    _show(store, rows)
    store.replace("signal", _asking.MAKER, _asking.asking(store, reader))
    return {"texts": changes.texts, "changed": len(changes.changed)}


def known_of(store: Any) -> pa.Table:
    """How well the candidate reads, to be kept once it is applied."""
    sql = "select * from metric where maker = ? and name in ('lesson_accuracy', 'lesson_expected') order by id"
    found: pa.Table = store.ask().lake(sql, [MAKER])
    return found.set_column(METRIC.names.index("maker"), "maker", pa.repeat(MODELS, len(found))).cast(METRIC)


def show_models(store: Any, known: pa.Table | None = None) -> None:
    """Which models were applied, for the page `teaching`: the one in force is worth 1; and how well it reads."""
    force = store.chosen("model")
    former = [{"version": "shipped"}, *json.loads(store.chosen(FORMER) or "[]")]
    rows = [
        row(
            "model",
            {"model": each["version"]},
            value=float(force == place(each["version"])),
            detail=each | {"order": n},
        )
        | {"id": f"{MODELS}/{each['version']}", "maker": MODELS}
        for n, each in enumerate(former)
    ]
    shown = pa.Table.from_pylist(rows, schema=METRIC)
    store.replace("metric", MODELS, shown if known is None else pa.concat_tables([shown, known]))


def place(version: str) -> str:
    """What the home's choice of model says for this version."""
    return "" if version == "shipped" else f"models/{version}.npz"


def forget(store: Any) -> None:
    """No candidate, and nothing shown of one."""
    store.choose(CANDIDATE, "")
    _show(store, [])


def model_file(store: Any, version: str) -> Any:
    """Where the model of this version lies in the home."""
    return store.path / place(version)


def _read(store: Any, reader: Reader) -> pa.Table:
    """The candidate's mentions of every text; a lesson has understood none, so all are still to be read."""
    made = store.mapped(MAKER, "mention", function=reader.enrichers)
    found = [rows["mention"].select(MENTION.names) for rows, _ in made if "mention" in rows]
    return pa.concat_tables([MENTION.empty_table(), *found])


def _state(detail: dict[str, Any]) -> dict[str, Any]:
    return row("lesson", {}, n=int(detail.get("examples", 0)), detail=detail)


def _show(store: Any, rows: list[dict[str, Any]]) -> None:
    store.replace("metric", MAKER, pa.Table.from_pylist(rows, schema=METRIC))

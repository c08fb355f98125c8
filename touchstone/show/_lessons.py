"""What was taught here: examples by touchpoint, the model that waits to be applied and what it would change."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import Any

from touchstone.core.ask import Ask
from touchstone.core.page import Estimate, Grid, Heard, Streaks, Words
from touchstone.rules import examples as rules
from touchstone.show import _say, _voices, _words

MOST = 8  # touchpoints whose figure moves most
FIRST = 4  # examples of a touchpoint asked for at first
_LESSON = """select name, "by", value, low, high, n, detail from metric
    where starts_with(name, 'lesson') or name = 'model' order by name, maker desc, id"""
_CORRECTIONS = 'select seq, id, "table", interaction, change from correction order by seq'

Row = dict[str, Any]


@dataclass(frozen=True)
class Lesson:
    """What is kept of a lesson; `state` is empty, learning, failed or ready."""

    detail: Row = field(default_factory=dict)
    changes: dict[str, Row] = field(default_factory=dict)
    sentiment: dict[str, Row] = field(default_factory=dict)
    accuracy: dict[str, Row] = field(default_factory=dict)
    expected: dict[str, Row] = field(default_factory=dict)
    sample: dict[str, Row] = field(default_factory=dict)
    models: tuple[Row, ...] = ()

    @property
    def state(self) -> str:
        return str(self.detail.get("state", ""))


def lesson(ask: Ask) -> Lesson:
    """The lesson as it stands in this home."""
    found: dict[str, dict[str, Row]] = {}
    for row in ask.lake(_LESSON).to_pylist():
        by = list(dict(row["by"]).values())
        found.setdefault(row["name"], {})[by[0] if by else ""] = row | json.loads(row["detail"])
    names = {"changes": "lesson_change", "sentiment": "lesson_sentiment", "accuracy": "lesson_accuracy"}
    names["expected"] = "lesson_expected"
    parts = {part: found.get(name, {}) for part, name in names.items()}
    models = sorted(found.get("model", {}).values(), key=lambda each: each["order"])
    sample = found.get("lesson_sample", {})
    return Lesson(found.get("lesson", {}).get("", {}), **parts, sample=sample, models=tuple(models))


def taught(ask: Ask) -> tuple[dict[str, int], int, int]:
    """How many examples speak of each touchpoint, how many there are, and how many readings are kept apart."""
    corrections = rules.standing(ask.lake(_CORRECTIONS).to_pylist())
    ids = rules.corrected(corrections)
    sql = "select interaction, touchpoint, polarity from mention where list_contains(?, interaction)"
    found = rules.examples(corrections, mentions=ask.lake(sql, [ids]).to_pylist() if ids else (), signals=())
    apart = {row["interaction"] for row in corrections if row["table"] == "reading"}
    return rules.counted(found.values()), len(found), sum(map(rules.kept_apart, apart))


def supply(ask: Ask, known: Lesson, counts: dict[str, int]) -> Grid:
    """Each touchpoint with its examples and how well it is read."""
    rows = []
    for name in ask.taxonomy.names:
        count, right = counts.get(name, 0), known.accuracy.get(name) or known.expected.get(name)
        lacks = FIRST - count if count < FIRST else "–"
        rows.append((_say.named(name), count, _right(name, right) if right else None, lacks))
    lead = "Four examples are a start. Read right: on texts that taught nothing, else on examples held out in turn."
    return Grid(
        "What each touchpoint is taught by", lead, ("touchpoint", "examples", "read right", "to go"), tuple(rows), True
    )


def cards(known: Lesson) -> tuple[Estimate, ...]:
    """How well is read now, how well the taught model reads, and how much would change."""
    made = []
    if (whole := known.accuracy.get("")) is not None:
        made = [_right("Read right now", whole | whole["before"]), _right("Read right once taught", whole)]
    texts, changed = int(known.detail.get("texts", 0)), int(known.detail.get("changed", 0))
    share = changed / texts if texts else None
    formula = "texts of which any touchpoint or polarity would be another, of all texts"
    counted = Estimate(
        "Texts read otherwise", share, share, share, texts, "share", 0.0, 1.0, None, formula, counted="texts"
    )
    return (*made, counted)


def _right(label: str, row: Row) -> Estimate:
    formula = "2 × right / (heard + meant): a mention is right where touchpoint and polarity are (F1)"
    note = "Expected from the examples themselves, each held out in turn; of the touchpoint alone (F1)."
    if "texts" in row:
        texts = _say.some(int(row["texts"]), "text", "texts")
        note = f"Measured on {texts} that people read at random and no model learned from."
    return Estimate(
        label, row["value"], row["low"], row["high"], row["n"], "share", 0.0, 1.0, None, formula, note=note,
        counted="mentions",
    )  # fmt: skip


def moving(known: Lesson) -> Streaks | None:
    """The touchpoints whose sentiment would move most, before and after."""
    both = [(name, row["before"], row) for name, row in known.sentiment.items()]
    both = [each for each in both if each[1]["value"] is not None and each[2]["value"] is not None]
    both.sort(key=lambda each: (-abs(each[1]["value"] - each[2]["value"]), each[0]))
    groups = tuple(
        (_say.named(name), (_sentiment("now", old), _sentiment("once taught", new))) for name, old, new in both[:MOST]
    )
    lead = "Net sentiment with its 95 % interval, now and once taught. Where intervals overlap, nothing can be told."
    return Streaks("The figures that would move most", lead, groups, "mentions") if groups else None


def _sentiment(label: str, row: Row) -> Estimate:
    formula = "positive mentions less negative ones, of all mentions; each touchpoint once in a text"
    return Estimate(
        label, row["value"], row["low"], row["high"], int(row["n"] or 0), "-1 to 1", formula=formula, counted="mentions"
    )


def changes(known: Lesson) -> Grid:
    """Touchpoint by touchpoint, how many mentions would come, go and turn."""
    ordered = sorted(
        known.changes.items(), key=lambda each: -(each[1]["added"] + each[1]["removed"] + each[1]["turned"])
    )
    columns = ("before", "added", "removed", "turned", "after")
    rows = tuple((_say.named(name), *(row[column] for column in columns)) for name, row in ordered)
    lead = "Mentions, each touchpoint once in a text; turned ones get another polarity. What people corrected stays."
    return Grid("What would change", lead, ("touchpoint", *columns), rows, narrow=True)


def sample(ask: Ask, known: Lesson) -> Words | None:
    """Changed texts, drawn at random, with what is heard and what would be."""
    sql = (
        f"select 0 as start, 0 as stop, {_words.FIELDS} from interaction i {_words.JOINED} where list_contains(?, i.id)"
    )
    rows = {row["id"]: row for row in ask.lake(sql, [sorted(known.sample)]).to_pylist() if row["text"]}
    ordered = sorted((each for each in known.sample.items() if each[0] in rows), key=lambda each: each[1]["value"])
    drawn = tuple(replace(_voices.verbatim(rows[id]), heard=_differing(row)) for id, row in ordered)
    return Words("Texts that would be read otherwise", drawn, int(known.detail["changed"]), ask.seed) if drawn else None


def _differing(row: Row) -> tuple[Heard, ...]:
    """Every touchpoint of either reading, and what becomes of it."""
    made = []
    for name in {**row["before"], **row["after"]}:
        old, new = row["before"].get(name), row["after"].get(name)
        change = "" if old == new else f"{_voices.TONES.get(old, 'new')} → {_voices.TONES.get(new, 'gone')}"
        made.append(Heard(name, polarity=new or old, change=change, holds=new is not None))
    return tuple(made)

"""Reading: what was read, what each column was taken for, what was left out and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from touchstone.core import localised
from touchstone.core.ask import Ask
from touchstone.core.page import Block, Grid, Note, Page
from touchstone.show import _say

WHO = ("insight",)
_PLACE = 41, "Reading"
_TOTALS = """select count(*) as n, count(text) as texts,
    (select count(*) from words) as told, count(value) as scores, count(unit) as units,
    count(occurred_at) as dated, strftime(min(occurred_at), '%Y-%m-%d') as first_day,
    strftime(max(occurred_at), '%Y-%m-%d') as last_day, count(distinct unit) as different_units from interaction"""
_SOURCES = """select source, kind, coalesce(channel, '–') as channel, count(*) as n, count(text) as texts,
    count(value) as scores from interaction
    group by source, kind, channel order by n desc, source, kind, channel limit 40"""
_SCALES = """select metric, worst, best, count(*) as n from interaction where value is not null
    group by metric, worst, best order by n desc, metric, worst, best limit 20"""
_HEARD = """select count(distinct interaction) as n, count(*) as mentions from mention"""
_LANGUAGES = """select label, count(*) as n from signal where layer = 'language' and score >= .5
    group by label order by n desc, label limit 12"""


def show(ask: Ask, *, read: dict[str, Any] | None = None) -> Page:
    """Counts of what the home holds, by source and scale; with `read`, the columns and rejects of files."""
    totals = ask.lake(_TOTALS).to_pylist()[0]
    read = read or {}
    if not totals["n"]:
        todo = "Bring a file: `touchstone listen table FILE`. --map field=column overrules what a column is taken for."
        note = Note("Nothing was read.", "empty", todo)
        blocks: tuple[Block, ...] = (*_columns(read), *_left_out(read), note)
        return Page("reading", "What was read", "Nothing has been read yet.", "", blocks)
    heard = ask.lake(_HEARD).to_pylist()[0]
    files = (*_columns(read), *_left_out(read))
    blocks = (*files, _holdings(totals, heard), _sources(ask), *_scales(ask), *_languages(ask))
    return Page("reading", "What was read", _sentence(totals, read), _lead(totals, heard, read), blocks)


def _sentence(totals: Mapping[str, Any], read: Mapping[str, Any]) -> str:
    came = _say.some(totals["n"], "interaction", "interactions")
    rejected = int(read.get("rejected") or 0)
    if rejected:
        return f"{came} were read; {_say.some(rejected, 'row was', 'rows were')} left out, each with its reason."
    return f"{came} were read; nothing was left out." if read else f"{came} are held here."


def _lead(totals: Mapping[str, Any], heard: Mapping[str, Any], read: Mapping[str, Any]) -> str:
    parts = []
    if totals["first_day"]:
        parts.append(f"From {totals['first_day']} to {totals['last_day']}.")
    if totals["told"]:
        share, whose = _say.number(heard["n"] / totals["told"], measured_in="share"), ""
        if totals["told"] < totals["texts"]:
            whose = " that are not the brand's own"
        parts.append(f"In {share} of the {_say.count(totals['told'])} texts{whose} a touchpoint was heard.")
    if read.get("taxonomy"):
        parts.append(f"Read with the taxonomy “{str(read['taxonomy']).replace('_', ' ')}”.")
    return " ".join(parts)


def _columns(read: Mapping[str, Any]) -> list[Block]:
    """What each column was taken for, with the confidence; a low one is worth a look."""
    columns = [each for each in read.get("columns") or () if isinstance(each, Mapping)]
    if not columns:
        return []
    many = len({each.get("file") for each in columns}) > 1
    rows = tuple(_column(each, many) for each in columns)
    lead = "Recognised from names and contents. What is wrong is set right with --map field=column."
    names = ("column", "taken for", "confidence", "why")
    return [Grid("What each column was taken for", lead, names, rows)]


def _column(column: Mapping[str, Any], many: bool) -> tuple[Any, ...]:
    name = str(column.get("column", column.get("name", "")))
    taken = column.get("field", column.get("taken_for"))
    confidence = column.get("confidence")
    shown = _say.number(float(confidence), measured_in="share") if confidence is not None else "–"
    where = f"{column['file']}: {name}" if many and column.get("file") else name
    return (where, str(taken) if taken else "left aside", shown, str(column.get("why", column.get("reason", ""))))


def _left_out(read: Mapping[str, Any]) -> list[Block]:
    """What was left out, by reason where reasons are known."""
    if not read:
        return []
    reasons = read.get("reasons") or {}
    if reasons:
        rows = tuple((str(why), int(n)) for why, n in sorted(reasons.items(), key=lambda each: (-each[1], each[0])))
        return [Grid("What was left out, and why", "", ("reason", "rows"), rows)]
    rejected = int(read.get("rejected") or 0)
    text = f"{_say.some(rejected, 'row was', 'rows were')} left out." if rejected else "No row was left out."
    todo = "Each is in the rejects file, with its reason." if rejected else ""
    return [Note(text, "warning" if rejected else "plain", todo)]


def _holdings(totals: Mapping[str, Any], heard: Mapping[str, Any]) -> Grid:
    n = totals["n"]
    kinds = (("with a text", "texts"), ("with a score", "scores"), ("about a unit", "units"), ("with a date", "dated"))
    rows = [(label, totals[key], _say.number(totals[key] / n, measured_in="share")) for label, key in kinds]
    rows.append(("with a touchpoint heard in it", heard["n"], _say.number(heard["n"] / n, measured_in="share")))
    lead = f"Of {_say.some(n, 'interaction', 'interactions')}; figures rest on those that carry what they need."
    return Grid("What the interactions carry", lead, ("interactions", "number", "share"), tuple(rows))


def _sources(ask: Ask) -> Grid:
    rows = tuple(tuple(row.values()) for row in ask.lake(_SOURCES).to_pylist())
    return Grid("Where they come from", "", ("source", "kind", "channel", "interactions", "texts", "scores"), rows)


def _scales(ask: Ask) -> list[Block]:
    found = ask.lake(_SCALES).to_pylist()
    rows = tuple((str(row["metric"] or "number"), _ends(row), row["n"]) for row in found)
    lead = "Scores on different scales are never averaged together."
    return [Grid("Scales that were found", lead, ("score", "worst – best", "answers"), rows)] if rows else []


def _ends(row: Mapping[str, Any]) -> str:
    if row["worst"] is None or row["best"] is None:
        return "not known"
    return f"{row['worst']:g} – {row['best']:g}"


def _languages(ask: Ask) -> list[Block]:
    rows = tuple(
        (localised.called(row["label"]) if row["label"] != "und" else "–", row["n"])
        for row in ask.lake(_LANGUAGES).to_pylist()
    )
    return [Grid("Languages heard", "", ("language", "texts"), rows)] if rows else []

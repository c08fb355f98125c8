"""Routing on a real site: the true answerer among the first five more often than among the most active."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import parquet

from touchstone.core.fields import typed
from touchstone.decide.route import FIELDS, decide
from touchstone.home.rows import plain
from touchstone.store.scratch import scratch

Row = dict[str, Any]
LATER = 480  # the questions from here on wait, each knowing the answers given before it


def row(question: Row, at: str, **more: Any) -> Row:
    text = f"{question['Title'] or ''}\n{question['Body'] or ''}"
    empty = {"answer": None, "expert": None, "solved": None}
    return {"conversation": str(question["Id"]), "occurred_at": at, "text": text, **empty, **more}


def test_who_answers_is_told_better_than_by_who_is_most_active(real_data: Callable[[str], Path]) -> None:
    posts = parquet.read_table(real_data("stackexchange_experts") / "quantumcomputing_posts.parquet").to_pylist()
    asked = sorted((each for each in posts if each["PostTypeId"] == 1), key=lambda each: each["CreationDate"])
    question, solved = {each["Id"]: each for each in asked}, {each["AcceptedAnswerId"] for each in asked}
    answers = [each for each in posts if each["ParentId"] in question and each["OwnerUserId"]]
    given = [
        row(question[each["ParentId"]], each["CreationDate"], answer=each["Body"], expert=str(each["OwnerUserId"]),
            solved=each["Id"] in solved) for each in answers
    ]  # fmt: skip
    waiting = [{**row(each, each["CreationDate"]), "conversation": f"w{each['Id']}"} for each in asked[LATER:]]
    first: dict[str, set[str]] = {}
    for each in plain(decide(scratch([], given=typed(pa.Table.from_pylist([*given, *waiting]), FIELDS)))):
        first.setdefault(each["conversation"], set()).add(each["expert"])
    truth: dict[str, set[str]] = {}
    for each in answers:
        truth.setdefault(f"w{each['ParentId']}", set()).add(str(each["OwnerUserId"]))
    ours = plainly = 0
    for each in (each for each in waiting if each["conversation"] in truth):
        known = Counter(row["expert"] for row in given if row["occurred_at"] < each["occurred_at"])
        right = truth[each["conversation"]]
        ours += bool(right & first[each["conversation"]])
        plainly += bool(right & {name for name, _ in known.most_common(5)})
    assert ours > 1.05 * plainly > 60

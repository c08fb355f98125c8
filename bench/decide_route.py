"""Experts of a Stack Exchange site beside BM25 profiles and "most active"; assignment; Erlang C against a bank's calls.

Split by time: settings were chosen on the first 360 questions, the figures are of all later ones. `as it went`: each
question knows the answers given before it; `at once`: nothing is known of the later part but its questions.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from pyarrow import parquet
from scipy.sparse import csr_array

from touchstone.core.fields import typed
from touchstone.decide._answered import Answered, answered
from touchstone.decide.route import FIELDS, decide
from touchstone.home.rows import plain
from touchstone.science.assignment import assigned
from touchstone.science.queueing import waits
from touchstone.store.scratch import scratch

FIRST = 360
Row = dict[str, Any]
Best = dict[str, list[str]]


def bench() -> Iterator[str]:
    """An answerer among the first five, side by side; seconds of assigning; waiting as it was and by Erlang C."""
    folder = Path(os.environ.get("TOUCHSTONE_TEST_DATA", "../shared/data"))
    if (folder / "stackexchange_experts").is_dir():
        yield from _site(folder / "stackexchange_experts" / "quantumcomputing_posts.parquet")
    for size in (100, 800):
        cost = np.random.default_rng(size).integers(1, 101, (size, size)).astype(float)
        began = time.process_time()
        place = assigned(-cost, np.ones(size, np.int64))
        total = cost[np.arange(size), place].sum()
        yield f"assignment of {size} to {size}, costs 1 to 100: {total:.0f} in {time.process_time() - began:.2f} CPU s"
    if (folder / "call_centre").is_dir():
        yield from _calls(folder / "call_centre" / "calls_1999_02_dev.parquet")


def _site(path: Path) -> Iterator[str]:
    posts = parquet.read_table(path).to_pylist()
    asked = sorted((each for each in posts if each["PostTypeId"] == 1), key=lambda each: each["CreationDate"])
    question = {each["Id"]: each for each in asked}
    answers = [
        each for each in posts if each["PostTypeId"] == 2 and each["ParentId"] in question and each["OwnerUserId"]
    ]
    accepted = {each["AcceptedAnswerId"] for each in asked}
    truth: dict[str, set[str]] = {}
    for each in answers:
        truth.setdefault(f"w{each['ParentId']}", set()).add(str(each["OwnerUserId"]))
    given = [
        _row(question[each["ParentId"]], each["CreationDate"], answer=each["Body"], expert=str(each["OwnerUserId"]),
             solved=each["Id"] in accepted) for each in answers
    ]  # fmt: skip
    since = asked[FIRST]["CreationDate"]
    waiting = [{**_row(each, each["CreationDate"]), "conversation": f"w{each['Id']}"} for each in asked[FIRST:]]
    for name, kept in (("as it went", given), ("at once", [each for each in given if each["occurred_at"] < since])):
        table = typed(pa.Table.from_pylist([*kept, *waiting]), FIELDS)
        began = time.process_time()
        ours: Best = {}
        for row in plain(decide(scratch([], given=table))):
            ours.setdefault(row["conversation"], []).append(row["expert"])
        took = time.process_time() - began
        held = answered(table)
        ways = {"route": ours, "most active": _ranked(held, _active), "BM25 profile": _ranked(held, _profile),
                "most active, last 50": _ranked(held, _lately)}  # fmt: skip
        said = ", ".join(f"{way} {_among(best, truth):.3f}" for way, best in ways.items())
        answered_ones = sum(each in truth for each in ours)
        yield f"{name}, {answered_ones} questions, an answerer among the first five: {said} ({took:.1f} CPU s)"


def _row(
    question: Row, at: str, *, answer: str | None = None, expert: str | None = None, solved: bool | None = None
) -> Row:
    text = f"{question['Title'] or ''}\n{question['Body'] or ''}"
    return {"conversation": str(question["Id"]), "occurred_at": at, "text": text, "answer": answer, "expert": expert,
            "solved": solved}  # fmt: skip


def _among(best: Best, truth: dict[str, set[str]]) -> float:
    return float(np.mean([bool(truth[each] & set(best[each])) for each in best if each in truth]))


def _ranked(held: Answered, scored: Callable[[Answered, int, int], np.ndarray]) -> Best:
    """The first five by a score of experts, from what each conversation knows; who answered nothing yet is out."""
    found = {}
    for place, name in enumerate(held.waiting["conversation"].to_pylist()):
        known = int(held.known[place])
        score = np.where(_active(held, place, known) > 0, scored(held, place, known), -np.inf)
        found[name] = [held.experts[at] for at in np.argsort(-score, kind="stable")[:5]]
    return found


def _active(held: Answered, _: int, known: int) -> np.ndarray:
    return np.bincount(held.expert[:known], minlength=len(held.experts))


def _lately(held: Answered, _: int, known: int) -> np.ndarray:
    return np.bincount(held.expert[max(0, known - 50) : known], minlength=len(held.experts))


def _profile(held: Answered, place: int, known: int, *, often: float = 1.2, long: float = 0.75) -> np.ndarray:
    """BM25 (Robertson & Zaragoza 2009) of the question against all questions and answers of each expert as one text."""
    size, expert = len(held.answers), held.expert[:known]
    owner = csr_array((np.ones(known), (expert, np.arange(known))), shape=(len(held.experts), known))
    texts = (owner @ (held.counts[:known] + held.counts[size : size + known])).tocsc()
    length = np.asarray(texts.sum(axis=1)).ravel()
    there = max(int((length > 0).sum()), 1)
    column = held.counts[[2 * size + place]].indices
    count = texts[:, column].toarray()
    seen = (count > 0).sum(axis=0)
    rare = np.log(1 + (there - seen + 0.5) / (seen + 0.5))
    weight = count * (often + 1) / (count + often * (1 - long + long * length[:, None] * there / max(length.sum(), 1)))
    return np.asarray(weight @ rare)


def _calls(path: Path) -> Iterator[str]:
    """Hours of a bank's calls: load and agents as they were, the share that waited, and what Erlang C says."""
    hours: dict[tuple[str, int], list[Row]] = {}
    for row in parquet.read_table(path).to_pylist():
        if row["outcome"] != "PHANTOM":
            hours.setdefault((row["date"], int(row["vru_exit"].split(":")[0])), []).append(row)
    load, agents, waited, hung = [], [], [], []
    for rows in hours.values():
        served = [row for row in rows if row["outcome"] == "AGENT"]
        serving = Counter(row["server"] for row in served if row["server"] != "NO_SERVER")
        if len(rows) >= 30:
            load.append(sum(row["ser_time"] for row in served) / 3600)
            agents.append(sum(count >= 3 for count in serving.values()))  # fewer calls: there for a part of the hour
            waited.append(np.mean([row["q_time"] > 0 for row in rows]))
            hung.append(np.mean([row["outcome"] == "HANG" for row in rows]))
    said, seen = waits(load, agents), np.array(waited)
    stable = np.array(load) < np.array(agents)
    order = float(np.corrcoef(np.argsort(np.argsort(said[stable])), np.argsort(np.argsort(seen[stable])))[0, 1])
    yield (
        f"a bank's calls, {len(said)} hours of 30 and more: load {np.mean(load):.1f} on {np.mean(agents):.1f} agents; "
        f"waited {seen.mean():.2f}, Erlang C {said.mean():.2f} (rank correlation {order:.2f} over {stable.sum()} hours "
        f"with enough agents; {np.mean(hung):.2f} hung up, which Erlang C knows nothing of)"
    )

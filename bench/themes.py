"""Themes beside BERTopic on the same texts: time, how their words keep company in texts apart, and stability.

BERTopic (Grootendorst 2022) is no dependency: `pip install bertopic` beside this to compare. It gets TF-IDF rows on 100
axes (no model is fetched), English stop words, its own defaults otherwise, and the same least size of a topic.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import os
import re
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from touchstone.connect import themes
from touchstone.store.scratch import scratch

DATA = Path(os.environ.get("TOUCHSTONE_TEST_DATA", "../shared/data"))
SETS = {
    "airline tweets": ("twitter-us-airline-sentiment/tweets.parquet", "text"),
    "tweets to Spotify": ("twcs-customer-support/spotify_inbound.parquet", "text"),
    "game reviews": ("steam-reviews-free/reviews.parquet", "review"),
}
COMPARED = ("airline tweets", "tweets to Spotify")
FEWEST, WORDS = 10, 5
Found = tuple[list[int], list[list[str]]]  # by text its topic (-1: none), by topic its words


def bench(*, quick: bool = False) -> Iterator[str]:
    """Seconds on 100,000 texts; then both on real texts: topics, texts in one, NPMI on a half apart, pairs kept."""
    some = [text for path, column in SETS.values() for text in _texts(path, column)]
    if not some:
        yield f"no texts at {DATA}: set TOUCHSTONE_TEST_DATA"
        return
    count = 10_000 if quick else 100_000
    chance = np.random.default_rng(1)
    drawn = [some[at] for at in chance.integers(0, len(some), count).tolist()]
    cpu, began = time.process_time(), time.perf_counter()
    found = ours(drawn)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - began
    yield f"{count:,} texts: {len(found[1])} themes in {cpu:.1f} CPU s, {wall:.1f} s (goal: 60 s on two cores)"
    installed = importlib.util.find_spec("bertopic") is not None
    if not installed:
        yield "BERTopic: not installed (`pip install bertopic`)"
    for name in COMPARED:
        texts = _texts(*SETS[name])[: 2_000 if quick else None]
        for called, way in (("ours", ours), *((("BERTopic", bertopic),) if installed else ())):
            yield f"{name} ({len(texts):,}), {called}: {_judged(way, texts)}"


def ours(texts: Sequence[str]) -> Found:
    """What `connect themes` finds in texts of which nothing else is known."""
    table = pa.table({"id": [f"{at:07}" for at in range(len(texts))], "text": pa.array(texts, pa.string())})
    (rows,) = themes.connect(scratch([], given=table), fewest=FEWEST, sample=len(texts))
    of, said, place = [-1] * len(texts), [], {}
    for row in rows.to_pylist():
        by = dict(row["by"])
        if list(by) == ["theme"]:
            place[by["theme"]] = len(said)
            said.append(" ".join(json.loads(row["detail"])["words"]).split())
    for row in rows.to_pylist():
        if "id" in (by := dict(row["by"])):
            of[int(by["id"])] = place[by["theme"]]
    return of, said


def bertopic(texts: Sequence[str]) -> Found:
    """What BERTopic finds in them."""
    module, numbers = importlib.import_module, "sklearn.feature_extraction.text"
    weighed = module(numbers).TfidfVectorizer(stop_words="english", min_df=3, sublinear_tf=True).fit_transform(texts)
    rows = module("sklearn.decomposition").TruncatedSVD(100, random_state=1).fit_transform(weighed)
    model = module("bertopic").BERTopic(
        embedding_model=None,
        umap_model=module("umap").UMAP(n_neighbors=15, n_components=5, min_dist=0.0, metric="cosine", random_state=1),
        vectorizer_model=module(numbers).CountVectorizer(stop_words="english"),
        min_topic_size=FEWEST,
    )
    of, _ = model.fit_transform(list(texts), embeddings=rows)
    topics = sorted(set(of) - {-1})
    return [int(each) for each in of], [[word for word, _ in model.get_topic(topic)] for topic in topics]


def _judged(way: Callable[[Sequence[str]], Found], texts: list[str]) -> str:
    cpu, began = time.process_time(), time.perf_counter()
    of, _ = way(texts)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - began
    _, said = way(texts[::2])
    chance = np.random.default_rng(2)
    some = [np.sort(chance.permutation(len(texts))[: int(0.8 * len(texts))]) for _ in range(2)]
    first, second = (dict(zip(each.tolist(), way([texts[at] for at in each])[0], strict=True)) for each in some)
    both = sorted(first.keys() & second.keys())
    kept, rand = _kept([first[at] for at in both], [second[at] for at in both])
    covered = sum(each >= 0 for each in of) / max(len(of), 1)
    apart = _company(said, texts[1::2])
    return (
        f"{len(set(of) - {-1})} topics, {covered:.0%} of texts, {cpu:.1f} CPU s, {wall:.1f} s; NPMI of {WORDS} words "
        f"on the half apart {apart:.3f}; two samples of 80 %: pairs kept {kept:.2f}, adjusted Rand {rand:.2f}"
    )


def _company(said: list[list[str]], texts: list[str]) -> float:
    """Mean normalised mutual information of each topic's first five words, by texts; -1 for words that never meet."""
    top = [list(dict.fromkeys(each))[:WORDS] for each in said]
    wanted = {word for each in top for word in each}
    held: dict[str, set[int]] = {word: set() for word in wanted}
    for at, text in enumerate(texts):
        for word in wanted.intersection(re.findall(r"\w+", text.lower())):
            held[word].add(at)
    means = []
    for each in top:
        pairs = [_npmi(held[one], held[two], len(texts)) for one, two in combinations(each, 2)]
        means += [float(np.mean(pairs))] if pairs else []
    return float(np.mean(means)) if means else float("nan")


def _npmi(one: set[int], two: set[int], size: int) -> float:
    both = len(one & two) / size
    return float(np.log(both * size * size / (len(one) * len(two))) / -np.log(both)) if 0 < both < 1 else -1.0


def _kept(first: list[int], second: list[int]) -> tuple[float, float]:
    """Of pairs together in the first, the share together in the second; Hubert & Arabie's index where both have one."""
    one, two = np.array(first), np.array(second)
    table = np.zeros((one.max() + 2, two.max() + 2))
    np.add.at(table, (one, two), 1)  # the last of each is what has none
    kept = _pairs(table[:-1, :-1]) / max(_pairs(table[:-1].sum(axis=1)), 1.0)
    inner = table[:-1, :-1]
    rows, columns, every = (_pairs(each) for each in (inner.sum(axis=1), inner.sum(axis=0), inner.sum()))
    likely = rows * columns / max(every, 1.0)
    return kept, (_pairs(inner) - likely) / max((rows + columns) / 2 - likely, 1e-9)


def _texts(path: str, column: str) -> list[str]:
    if not (DATA / path).exists():
        return []
    found = duckdb.sql(f"select {column} as text from '{DATA / path}' where length({column}) > 0")
    return [str(each) for each in found.to_arrow_table()["text"].to_pylist()]


def _pairs(counts: np.ndarray) -> float:
    return float((counts * (counts - 1) / 2).sum())

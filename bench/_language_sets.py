"""The labelled sets that understanding is measured on, as `teach` examples, with taxonomies, folds and draws.

They lie where `TOUCHSTONE_TEST_DATA` says. All but MAMS and Banking77 are for measuring alone: nothing that ships may
learn from them. All that is random has a seed, so every bench and every method sees the same folds and draws.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
from pyarrow import parquet

from bench._language_taxonomies import EIGHT, FIVE, REASONS, RESTAURANTS, laptops, taxonomy
from touchstone.core.taxonomy import Taxonomy
from training.corpora import ROOT

SEED = 20261121
NOTHING = Taxonomy("none", ())
Places = npt.NDArray[np.int64]
Example = dict[str, Any]


@dataclass(frozen=True)
class Labelled:
    """One set: what `teach` may be given, and what must stay together in one fold (a review, a writer, a hotel)."""

    name: str
    taxonomy: Taxonomy
    examples: tuple[Example, ...]
    groups: tuple[str, ...]

    @property
    def texts(self) -> list[str]:
        return [each["text"] for each in self.examples]

    def folds(self, parts: int = 5, *, seed: int = SEED) -> Places:
        """The fold of each example: groups stay whole, folds are of even size."""
        return folds(self.groups, parts=parts, seed=seed)

    def some(self, chosen: Places | npt.NDArray[np.bool_]) -> list[Example]:
        """The examples at these places."""
        places = np.flatnonzero(chosen) if chosen.dtype == np.bool_ else chosen
        return [self.examples[place] for place in places.tolist()]


def folds(groups: Sequence[str], *, parts: int, seed: int = SEED) -> Places:
    """Each row's fold: groups in random order, each to the fold that is smallest so far."""
    names, owner, sizes = np.unique(np.asarray(groups), return_inverse=True, return_counts=True)
    fold, filled = np.zeros(len(names), np.int64), np.zeros(parts, np.int64)
    order = np.random.default_rng(seed).permutation(len(names))
    for name in order[np.argsort(-sizes[order], kind="stable")]:
        fold[name] = int(filled.argmin())
        filled[fold[name]] += sizes[name]
    return fold[owner]


def few(examples: Sequence[Example], each: int, *, seed: int) -> Places:
    """Places of a draw: for every category (touchpoint or kind) `each` examples that have it, or all there are."""
    random = np.random.default_rng(seed)
    held: dict[str, list[int]] = {}
    for place, example in enumerate(examples):
        for name in sorted(categories(example)):
            held.setdefault(name, []).append(place)
    drawn = [random.choice(held[name], min(each, len(held[name])), replace=False) for name in sorted(held)]
    return np.unique(np.concatenate(drawn)) if each and drawn else np.zeros(0, np.int64)


def categories(example: Example) -> set[str]:
    """The touchpoints or kinds that an example names."""
    return {str(each["touchpoint"]) for each in example.get("mentions") or ()} | set(example.get("kinds") or ())


def rows(name: str) -> list[dict[str, Any]]:
    """The rows of one Parquet file, `set/file`."""
    held: list[dict[str, Any]] = parquet.read_table(ROOT / f"{name}.parquet").to_pylist()
    return held


def _mentions(opinions: Sequence[dict[str, Any]]) -> list[dict[str, str]]:
    """Each (touchpoint, polarity) once, in order."""
    pairs = dict.fromkeys((each["category"], each["polarity"]) for each in opinions)
    return [{"touchpoint": category, "polarity": polarity} for category, polarity in pairs]


def _opinions(name: str, held: Taxonomy, file: str) -> Labelled:
    data = [row for row in rows(f"semeval-absa/{file}") if row["text"].strip()]
    examples = [{"text": row["text"], "mentions": _mentions(row["opinions"] or ())} for row in data]
    return Labelled(name, held, tuple(examples), tuple(row["rid"] for row in data))


@cache
def restaurants() -> Labelled:
    """SemEval-2016 restaurants: 2,000 sentences, 12 categories; a category with both moods has two mentions."""
    return _opinions("restaurants-2016", taxonomy("restaurants 2016", RESTAURANTS), "rest16_sb1_train")


@cache
def computers() -> Labelled:
    """SemEval-2016 laptops: 2,500 sentences, all categories that occur."""
    data = rows("semeval-absa/lapt16_sb1_train")
    names = sorted({each["category"] for row in data for each in row["opinions"] or ()})
    return _opinions("laptops-2016", laptops(names), "lapt16_sb1_train")


@cache
def restaurants_2014(*, conflict: bool = True) -> Labelled:
    """SemEval-2014 restaurants: 3,041 sentences, five categories, four polarities; or three, conflicts left out."""
    data = rows("semeval-absa/rest14_train")
    kept = [[each for each in row["aspectCategories"] if conflict or each["polarity"] != "conflict"] for row in data]
    examples = [{"text": row["text"], "mentions": _mentions(each)} for row, each in zip(data, kept, strict=True)]
    name = "restaurants-2014" if conflict else "restaurants-2014, three moods:"
    return Labelled(name, taxonomy("restaurants 2014", FIVE), tuple(examples), tuple(row["text"] for row in data))


@cache
def mams(part: str = "train") -> Labelled:
    """MAMS-ACSA (`train` or `val`): eight categories, opposite moods within each sentence."""
    data = rows(f"mams-absa/acsa_{part}")
    examples = [{"text": row["text"], "mentions": _mentions(row["aspectCategories"])} for row in data]
    return Labelled(f"MAMS {part}", taxonomy("mams", EIGHT), tuple(examples), tuple(row["text"] for row in data))


@cache
def suggestions(domain: str = "forum") -> Labelled:
    """Suggestion mining: `forum` (8,500 sentences, software) or `hotels` (808); kinds `suggestion` or none."""
    file = {"forum": "train_forum", "hotels": "trial_b_hotels"}[domain]
    data = [row for row in rows(f"semeval2019-suggestion-mining/{file}") if row["sentence"].strip()]
    examples = [{"text": row["sentence"], "kinds": ["suggestion"] if int(row["label"]) else []} for row in data]
    return Labelled(
        f"suggestions {domain}", NOTHING, tuple(examples), tuple(str(row["id"]).partition("_")[0] for row in data)
    )


@cache
def complaints() -> Labelled:
    """Airline tweets that complain, near-copies dropped: each with one of ten reasons; grouped by writer."""
    first: dict[str, dict[str, Any]] = {}
    for row in rows("twitter-us-airline-sentiment/tweets"):
        if row["negativereason"]:
            first.setdefault(_bare(row["text"]), row)
    examples = [
        {"text": row["text"], "mentions": [{"touchpoint": row["negativereason"], "polarity": "negative"}]}
        for row in first.values()
    ]
    held = taxonomy("reasons of complaint", REASONS)
    return Labelled("airline reasons", held, tuple(examples), tuple(row["name"] for row in first.values()))


@cache
def tweets(most: int | None = None) -> tuple[Example, ...]:
    """Airline tweets with the mood of the whole, as one touchpoint `all`: what a model taught elsewhere knows."""
    data = rows("twitter-us-airline-sentiment/tweets")[:most]
    return tuple(
        {"text": row["text"], "mentions": [{"touchpoint": "all", "polarity": row["airline_sentiment"]}]} for row in data
    )


def _bare(text: str) -> str:
    """A tweet without handles, links, numbers and signs: near-copies become equal."""
    return " ".join(re.findall(r"[a-z']+", re.sub(r"@\w+|https?://\S+|^RT\b", " ", text).lower()))


@cache
def intents() -> Labelled:
    """Banking77: 77 intents of bank customers, as kinds."""
    data = rows("banking77/train")
    examples = [{"text": row["text"], "kinds": [row["category"]]} for row in data]
    return Labelled("Banking77", NOTHING, tuple(examples), tuple(row["text"] for row in data))


@cache
def paid_hotels() -> Labelled:
    """Ott: hotel reviews, genuine or written for pay; grouped by hotel."""
    data = rows("ott-deceptive-hotels/reviews")
    examples = [{"text": row["text"], "promotional": row["deceptive"] == "deceptive"} for row in data]
    return Labelled("Ott", NOTHING, tuple(examples), tuple(row["hotel"] for row in data))


@cache
def sephora() -> Labelled:
    """Sephora reviews without their disclosure: whether one was there; grouped by writer."""
    data = [row for row in rows("sephora-disclosed/reviews") if row["review_text_without_disclosure"]]
    examples = [
        {"text": row["review_text_without_disclosure"], "promotional": bool(row["disclosed_incentive"])} for row in data
    ]
    return Labelled("Sephora", NOTHING, tuple(examples), tuple(str(row["author"]) for row in data))


@cache
def steam(most: int = 4_000) -> Labelled:
    """Steam reviews: received for free or not, all that were and `most` drawn of the rest; grouped by writer."""
    data = [row for row in rows("steam-reviews-free/reviews") if row["review"] and row["review"].strip()]
    free = np.array([bool(row["received_for_free"]) for row in data])
    rest = np.random.default_rng(SEED).permutation(np.flatnonzero(~free))[:most]
    kept = [data[place] for place in np.sort(np.concatenate([np.flatnonzero(free), rest])).tolist()]
    examples = [{"text": row["review"], "promotional": bool(row["received_for_free"])} for row in kept]
    return Labelled("Steam", NOTHING, tuple(examples), tuple(row["author_id"] for row in kept))

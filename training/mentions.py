"""Labelled mentions that may train what ships, and others to ask the teacher: `python -m training.mentions OUT`.

MAMS gives terms and categories in two overlapping halves. Terms are taken only from sentences of the categories' own
training part, so that its other parts (and the tests hidden in them) stay unseen.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from training import grammar, mood
from training.corpora import rows

SEED = 20261122
WRITTEN, PLAIN, CONS, CRITICS = 3000, 1000, 2500, 1500  # texts taken of each larger source
SHARE = 0.2  # of the pros and cons that the teacher is asked about
APART = "Canon_PowerShot_SD500"  # the product that only ever measures


@dataclass(frozen=True)
class Said:
    """One text, the thing asked about ("" for the whole), and its polarity ("" where nobody said)."""

    text: str
    name: str
    polarity: str
    source: str


def mams(part: str) -> Iterator[Said]:
    """Categories of MAMS."""
    for row in rows(f"mams-absa/acsa_{part}"):
        for each in row["aspectCategories"]:  # type: ignore[attr-defined]  # a list of records
            yield Said(str(row["text"]), each["category"], each["polarity"], "categories")


def terms() -> Iterator[Said]:
    """Terms of MAMS in the sentences that also train its categories."""
    for row in mood.term_rows():
        for each in row["aspectTerms"]:  # type: ignore[attr-defined]  # a list of records
            yield Said(str(row["text"]), each["term"], each["polarity"], "terms")


def products(*, apart: bool) -> Iterator[Said]:
    """Features judged in product reviews; sentences without any, asked for a feature of another one."""
    held = [row for row in rows("product-reviews-liu/features") if (row["product"] == APART) == apart]
    named = [str(each["feature"]) for row in held for each in row["features"]]  # type: ignore[attr-defined]  # as above
    chance = np.random.default_rng(SEED)
    for row in held:
        sides: dict[str, set[str]] = {}
        for each in row["features"]:  # type: ignore[attr-defined]  # a list of records
            if each["polarity"]:
                side = "positive" if each["polarity"] in ("+", "positive") else "negative"
                sides.setdefault(str(each["feature"]), set()).add(side)
        for name, found in sides.items():
            yield Said(str(row["sentence"]), name, "mixed" if len(found) > 1 else found.pop(), "features")
        if not sides and chance.random() < PLAIN / len(held):
            yield Said(str(row["sentence"]), str(chance.choice(named)), "neutral", "plain")


def wholes() -> Iterator[Said]:
    """Short texts with one mood."""
    chance = np.random.default_rng(SEED)
    for name, kind, good, count in (
        ("product-reviews-liu/pros_cons", "kind", "pros", CONS),
        ("critic-snippets/snippets", "polarity", "positive", CRITICS),
    ):
        held = rows(name)
        for place in chance.permutation(len(held))[:count].tolist():
            row = held[place]
            yield Said(str(row["text"]), "", "positive" if row[kind] == good else "negative", kind)


def labelled() -> list[Said]:
    """All that trains."""
    written = [Said(*each, "grammar") for each in grammar.sentences(WRITTEN, seed=SEED)]
    return [*mams("train"), *terms(), *products(apart=False), *wholes(), *written]


def unlabelled() -> Iterator[Said]:
    """Clean sentences, each asked about a thing that is in it and one that is not."""
    chance = np.random.default_rng(SEED + 1)
    sources = {
        "features": [str(row["sentence"]) for row in rows("product-reviews-liu/features") if row["product"] != APART],
        "pros": [str(row["text"]) for row in rows("product-reviews-liu/pros_cons")],
        "critics": [str(row["text"]) for row in rows("critic-snippets/snippets")],
        "terms": list(dict.fromkeys(str(row["text"]) for row in mood.term_rows())),
    }
    names = list(dict.fromkeys(each.name.lower() for each in labelled() if each.name))
    single = {name for name in names if " " not in name}
    for source, texts in sources.items():
        for text in texts:
            inside = [
                word
                for word in dict.fromkeys(text.lower().replace(",", " ").replace(".", " ").split())
                if word in single
            ]
            chosen = [str(chance.choice(inside))] if inside else []
            if source == "pros" and chance.random() > SHARE:
                continue
            for name in [*chosen, "" if chance.random() < 0.5 else str(chance.choice(names))]:
                yield Said(text, name, "", source)


def main() -> None:
    """Writes labelled, measuring and unlabelled pairs, one to a line."""
    with Path(sys.argv[1]).open("w", encoding="utf-8") as file:
        for part, held in (
            ("train", labelled()),
            ("val", [*mams("val"), *products(apart=True)]),
            ("soft", unlabelled()),
        ):
            for each in held:
                file.write(json.dumps({**asdict(each), "part": part}, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()

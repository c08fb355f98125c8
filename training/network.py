"""Makes the second tier: `python -m training.network show PAIRS SOFT SEEN`, student.py, then `... pack SEEN FITTED`.

`show` writes what the network sees of each pair (from `python -m training.mentions` and the teacher's logits of them),
`pack` rounds what student.py fitted to whole numbers and writes touchstone/language/network.npz.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_array

from touchstone.core.taxonomy import Taxonomy, Touchpoint, parse
from touchstone.language.fit import logistic
from touchstone.language.groups import Groups
from touchstone.language.model import Model, load
from touchstone.language.network import SHIPPED, Windows, windows, words
from touchstone.language.reading import POLARITIES
from touchstone.language.tokens import strings
from touchstone.language.words import hashes
from training import lists

SHARES = np.array([0.30, 0.15, 0.50, 0.05])
"""Of the polarities (negative, neutral, positive, mixed) in what customers say, as both tiers take them beforehand."""
EVIDENCE = 5  # columns of Reading.evidence
TOGETHER = 40  # names that make a taxonomy
MAMS = """
name: mams
stages:
- name: all
  touchpoints:
  - {name: food, description: "taste, quality and freshness of dishes and drinks"}
  - {name: service, description: "how quickly and well guests are served"}
  - {name: staff, description: "waiters, waitresses, hosts, bartenders and managers"}
  - {name: price, description: "what it costs, the bill, value for money"}
  - {name: ambience, description: "atmosphere, decor, music, noise, seating"}
  - {name: menu, description: "choice of dishes, wine list, specials"}
  - {name: place, description: "the restaurant and where it is"}
  - {name: miscellaneous, description: "anything else, such as guests and occasions"}
"""


def taxonomies(names: list[str]) -> list[tuple[Taxonomy, set[str]]]:
    """Taxonomies to ask in, each with the names it is asked for."""
    plain = [name for name in dict.fromkeys(names) if name]
    found = [
        Taxonomy("asked", tuple(Touchpoint(name, name, "asked") for name in plain[begin : begin + TOGETHER]))
        for begin in range(0, len(plain), TOGETHER)
    ]
    return [(each, set(each.names)) for each in found] + [(Taxonomy("none", ()), {""})]


def seen(model: Model, taxonomy: Taxonomy, pairs: list[tuple[str, str]]) -> tuple[Windows, np.ndarray]:
    """What the network sees of each (text, name), and what the first tier goes by."""
    compiled = model.compile(taxonomy)
    texts = strings([text for text, _ in pairs])
    reading, walked = compiled.read(texts), compiled.found(texts, rows=True).walk
    places = {name: place for place, name in enumerate(taxonomy.names)}
    asked = np.array([places.get(name, -1) for _, name in pairs])
    chosen = [reading.speaking(row, place) for row, place in enumerate(asked.tolist())]
    ends = np.cumsum([len(each) for each in chosen])
    groups = Groups(np.concatenate(chosen), ends, len(walked.clause_text))
    held = words(walked, compiled.table, compiled.places)
    return windows(held, walked, groups, asked), reading.evidence(groups)


def show(pairs_path: str, soft_path: str, target: str) -> None:
    """Writes rows, signs, ends, and for each window its line in PAIRS."""
    lines = [json.loads(line) for line in Path(pairs_path).read_text("utf-8").splitlines()]
    model = load()
    count = len(model.arrays["word_keys"])
    found: list[tuple[Windows, list[int]]] = []
    evidence = np.zeros((len(lines), EVIDENCE))

    def add(taxonomy: Taxonomy, own: list[int]) -> None:
        held, evidence[own] = seen(model, taxonomy, [(lines[place]["text"], lines[place]["name"]) for place in own])
        found.append((held, own))

    for taxonomy, names in taxonomies([line["name"] for line in lines]):
        add(taxonomy, [place for place, line in enumerate(lines) if line["name"] in names])
    add(parse(MAMS), [place for place, line in enumerate(lines) if line["source"] == "categories"])
    np.savez(
        target,
        rows=np.concatenate([np.where(each.rows[:-1] < count, each.rows[:-1], -1) for each, _ in found]),
        blank=np.concatenate([each.rows[:-1] < 0 for each, _ in found]),
        signs=np.concatenate([each.signs[:-1] for each, _ in found]).astype(np.int8),
        size=np.concatenate([np.diff(each.ends, prepend=0) - 1 for each, _ in found]),
        line=np.concatenate([np.array(own)[each.group] for each, own in found]),
        label=np.array([POLARITIES.index(line["polarity"]) if line["polarity"] else -1 for line in lines]),
        part=np.array([line["part"] for line in lines]),
        evidence=evidence,
        source=np.array([line["source"] for line in lines]),
        soft=np.load(soft_path) if Path(soft_path).exists() else np.zeros((len(lines), 4), np.float16),
        vectors=model.vectors,
        keys=model.arrays["word_keys"],
    )


def pack(seen_path: str, fitted: str) -> None:
    """Writes the shipped file: the network, and how the first tier's evidence becomes logits."""
    with np.load(fitted) as file:
        held: dict[str, Any] = {name: file[name] for name in file.files}
    with np.load(seen_path) as file:
        own = (file["part"] == "train") & (file["label"] >= 0)
        evidence, labels = file["evidence"][own], np.eye(4)[file["label"][own]]
    known = np.log(labels.mean(axis=0) / SHARES)
    fit = logistic(
        csr_array(evidence), labels, known=np.tile(known, (len(labels), 1)), held=np.full(EVIDENCE, 1.0), exclusive=True
    )
    fit.weights[0] += fit.bias
    held["judging"] = fit.weights
    held["answer_bias"] = held["answer_bias"] - np.log(np.maximum(held.pop("told"), 1e-3) / SHARES)
    kept = ~np.isin(held["word_keys"], hashes(lists.people()))
    held["word_keys"], held["word_rows"] = held["word_keys"][kept], held["word_rows"][kept]
    np.savez_compressed(SHIPPED, allow_pickle=False, **held)
    print(f"{SHIPPED}: {SHIPPED.stat().st_size / 1e6:.2f} MB", fit.weights.round(2).tolist(), file=sys.stderr)


def main() -> None:
    """Runs one step."""
    {"show": show, "pack": pack}[sys.argv[1]](*sys.argv[2:])


if __name__ == "__main__":
    main()

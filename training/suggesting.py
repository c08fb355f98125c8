"""Weighs the English cues of suggestions: `python -m training.suggesting` writes them into words/{kinds,curves}.txt.

A sentence's evidence is the sum of its cues' weights, one weight for each group (a line of kinds.txt), 1 the decision
point. The weights are fitted to our own sentences (words/suggestions.txt) alone, each pulled to what the words of its
group mean by themselves (PRIORS); how hard, inner folds of the same sentences say. No labelled set of others is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import expit

from touchstone.language.index import Index
from touchstone.language.tokens import pairs, strings, tokenise
from touchstone.language.words import grams, hashes, split_all
from training import lists

STRONG, MODERATE, WEAK = 1.0, 0.5, 0.2
PRIORS = {
    "should": STRONG,
    "should {change}": MODERATE,
    "should i": -1.0,
    "suggest": STRONG,
    "recommend": MODERATE,
    "i suggest": MODERATE,
    "would recommend": WEAK,  # praise as often as advice
    "recommended": WEAK,
    "improve": WEAK,
    "was recommended": -0.6,
    "wish": STRONG,
    "be {good} to": MODERATE,
    "we need": MODERATE,
    "need a": WEAK,
    "please": WEAK,
    "please {change}": MODERATE,
    "{who} could": MODERATE,
    "an option": WEAK,
    "could": WEAK,
    "^{change}": STRONG,
    "^{advise}": STRONG,
    "don t {advise}": MODERATE,
    "you": WEAK,
    "if you": MODERATE,
    "when you": -0.3,
    "like to know": -1.0,
    "this would": -0.3,
    "i tried": -0.6,
    "was": -0.6,
    "i have": -0.3,
    "can you {serve}": -1.0,
    "my {thing}": -0.6,
}
"""What the words of a group, named by its first cue, say of a suggestion by themselves; set before any fit."""
PULLS = (3.0, 10.0, 30.0, 100.0)
"""No weaker: some cues were added after reading errors on the same sentences, so that their folds trust too much."""
FOLDS, SEED, ROUNDS = 5, 20261122, 4
SHARE = 0.25  # suggestions among sentences of feedback, assumed for the curve; of ours they are half
_LINE = re.compile(r"^(suggestion en )(-?[\d.]+)(: )(.*?)( \||$)", re.MULTILINE)
Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Counted:
    """How often each group speaks in each sentence, and whose text the sentence is."""

    counts: Numbers  # (sentences, groups)
    owner: npt.NDArray[np.int64]
    texts: int

    def evidence(self, weights: Numbers) -> tuple[Numbers, npt.NDArray[np.int64]]:
        """The evidence of each text, that of its strongest sentence, and which sentence that is."""
        said = self.counts @ weights
        order = np.lexsort((said, self.owner))
        last = np.flatnonzero(np.append(self.owner[order][1:] != self.owner[order][:-1], True))
        return said[order[last]], order[last]


def labelled() -> tuple[list[str], npt.NDArray[np.bool_]]:
    """Our own sentences, and which of them propose something."""
    written = (lists.FOLDER / "suggestions.txt").read_text("utf-8").splitlines()
    kept = [line for line in written if line and not line.startswith("#")]
    return [line[2:] for line in kept], np.array([line[0] != "-" for line in kept])


def counted(texts: list[str]) -> Counted:
    """Counts of the groups as the model will add them up: a phrase of two groups counts for the last."""
    groups = [each for each in lists.cue_groups("kinds") if each[:2] == ("suggestion", "en")]
    group_of = {phrase: place for place, each in enumerate(groups) for phrase in each[3]}
    parts = split_all(list(group_of))
    places = np.array(list(group_of.values()))
    single = np.array([len(words) == 1 for words in parts])
    tokens = tokenise(strings(texts))
    two, three = pairs(tokens.hash, tokens.sentence_begins)
    sentence = np.cumsum(tokens.sentence_begins) - 1
    counts = np.zeros((sentence[-1] + 1, len(groups)))
    phrases = grams([words for words in parts if len(words) > 1])
    words = hashes([words[0] for words in parts if len(words) == 1])
    for keys, owners, hashed in (
        (words, places[single], (tokens.hash,)),
        (phrases, places[~single], (two, three)),
    ):
        each_key, last = np.unique(keys[::-1], return_index=True)
        known, group = Index(each_key), owners[::-1][last]
        for each in hashed:
            found = known.find(each)
            np.add.at(counts, (sentence[found >= 0], group[found[found >= 0]]), 1)
    return Counted(counts, tokens.text[tokens.sentence_begins].astype(np.int64), len(texts))


def fitted(held: Counted, truth: npt.NDArray[np.bool_], chosen: npt.NDArray[np.intp], pull: float) -> Numbers:
    """Weights by logistic regression on slope * (evidence - 1), each pulled to its prior."""
    prior = np.array(list(PRIORS.values()))
    weights, slope = prior, 1.0
    sign = np.where(truth[chosen], 1.0, -1.0)
    for _ in range(ROUNDS):
        rows = held.counts[held.evidence(weights)[1]][chosen]

        def loss(point: Numbers, rows: Numbers = rows) -> tuple[float, Numbers]:
            steep, own = np.exp(point[0]), point[1:]
            margin = sign * steep * (rows @ own - 1)
            grade = -sign * expit(-margin)
            off = own - prior
            return float(np.logaddexp(0, -margin).sum() + pull / 2 * off @ off), np.concatenate(
                [[grade @ (rows @ own - 1) * steep], steep * rows.T @ grade + pull * off]
            )

        point = minimize(loss, np.concatenate([[np.log(slope)], weights]), jac=True, method="L-BFGS-B").x
        weights, slope = point[1:], float(np.exp(point[0]))
    return np.round(weights, 1)


def folds(count: int, seed: int) -> Iterator[tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]]:
    """(learned from, held apart), drawn with a seed."""
    parts = np.array_split(np.random.default_rng(seed).permutation(count), FOLDS)
    for place, apart in enumerate(parts):
        yield np.concatenate([part for other, part in enumerate(parts) if other != place]), apart


def best_pull(held: Counted, truth: npt.NDArray[np.bool_], chosen: npt.NDArray[np.intp]) -> float:
    """The pull whose weights tell sentences held apart most surely (least loss at the best curve)."""
    losses = []
    for pull in PULLS:
        said = np.zeros(len(chosen))
        for inner, apart in folds(len(chosen), SEED + 1):
            said[apart] = held.evidence(fitted(held, truth, chosen[inner], pull))[0][chosen[apart]]
        losses.append(curve(said, truth[chosen])[2])
    return PULLS[int(np.argmin(losses))]


def curve(said: Numbers, truth: npt.NDArray[np.bool_], share: float = 0.5) -> tuple[float, float, float]:
    """Slope and middle by which evidence becomes a probability where `share` are suggestions, and the mean loss."""
    worth = np.where(truth, share / truth.mean(), (1 - share) / (1 - truth.mean())) / len(truth)
    sign = np.where(truth, 1.0, -1.0)

    def loss(point: Numbers) -> float:
        return float(worth @ np.logaddexp(0, -sign * np.exp(point[0]) * (said - point[1])))

    found = minimize(loss, np.array([0.5, 1.0]), method="Nelder-Mead")
    return float(np.exp(found.x[0])), float(found.x[1]), float(found.fun)


def figures(said: Numbers, truth: npt.NDArray[np.bool_]) -> str:
    """Precision, recall and F1 at evidence 1, and the area under the curve."""
    yes = said >= 1 - 1e-6
    both = (yes & truth).sum()
    area = (said[truth][:, None] > said[~truth]).mean() + (said[truth][:, None] == said[~truth]).mean() / 2
    f1 = 2 * both / (yes.sum() + truth.sum())
    return f"precision {both / yes.sum():.3f}, recall {both / truth.sum():.3f}, F1 {f1:.3f}, AUC {area:.3f}"


def write(weights: Numbers, slope: float, middle: float) -> None:
    """Puts the weights into kinds.txt and the curve into curves.txt."""
    left = iter(weights.tolist())

    def line(found: re.Match[str]) -> str:
        return f"{found[1]}{shown(next(left))}{found[3]}{found[4]}{found[5]}"

    kinds, curves = lists.FOLDER / "kinds.txt", lists.FOLDER / "curves.txt"
    kinds.write_text(_LINE.sub(line, kinds.read_text("utf-8")), "utf-8")
    said = f"suggestion: {shown(round(slope, 1))} {shown(round(middle, 1))}"
    curves.write_text(re.sub(r"^suggestion: .*$", said, curves.read_text("utf-8"), flags=re.MULTILINE), "utf-8")


def shown(number: float) -> str:
    """A number as the lists write it: .6, -1, 0."""
    return re.sub(r"^(-?)0\.", r"\1.", f"{number + 0.0:g}")


def main() -> None:
    """Says how well weights fitted to other sentences tell each fifth of ours, then fits all and writes them."""
    names = [found[4] for found in _LINE.finditer((lists.FOLDER / "kinds.txt").read_text("utf-8"))]
    if names != list(PRIORS):
        raise ValueError(f"groups and priors differ: {set(names) ^ set(PRIORS)}")
    texts, truth = labelled()
    held, everything = counted(texts), np.arange(len(texts))
    said = np.zeros(len(texts))
    for learned, apart in folds(len(texts), SEED):
        pull = best_pull(held, truth, learned)
        said[apart] = held.evidence(fitted(held, truth, learned, pull))[0][apart]
        print(f"fold: pull {pull:g}, {figures(said[apart], truth[apart])}")
    print(f"held apart, {len(texts)} sentences: {figures(said, truth)}")
    pull = best_pull(held, truth, everything)
    weights = fitted(held, truth, everything, pull)
    prior = np.array(list(PRIORS.values()))
    print(f"priors alone: {figures(held.evidence(prior)[0], truth)}")
    print(f"all, pull {pull:g}: {figures(held.evidence(weights)[0], truth)}")
    slope, middle, _ = curve(said, truth, SHARE)
    for name, before, weight in zip(names, prior, weights, strict=True):
        print(f"{before:5.1f} {weight:5.1f}  {name}")
    print(f"curve: {slope:.2f} {middle:.2f}")
    write(weights, slope, middle)


if __name__ == "__main__":
    main()

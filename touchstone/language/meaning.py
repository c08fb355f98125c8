"""Touchpoints told by what they mean, where a taxonomy gives a name and a description and no words.

Each word's row says how near it is to each touchpoint; a sentence is as near as its words together. A sentence chooses
between the touchpoints and what belongs to none; how frequent each is is learned from the user's own texts, without
labels (expectation and maximisation over the shares of a mixture).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from touchstone.core.taxonomy import Taxonomy
from touchstone.language.cues import unit
from touchstone.language.curves import single_exponential
from touchstone.language.found import Found
from touchstone.language.groups import folded

Numbers = npt.NDArray[np.float32]
Shares = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

_STEEP, _NEAR, _CUE = 10.0, 0.25, 0.4  # logits of a level; what nearness and cues add to it
_NOTHING, _SOME = 0.15, 0.1  # level of what is near to no touchpoint; least level of what is told
_WHOLE, _FELT = 0.05, 0.2  # least level of the whole, and how much a mood adds to it
_LEAST = 0.22  # share of belief from which a touchpoint is told
_ROUNDS, _UNSEEN = 10, 50.0  # rounds of learning the shares; sentences that equal shares count for
_OF_ALL, _HARDLY = (0.12, 0.2), 1e-9  # share of sentences about the whole, and about the rest or nothing
_OWN_WORDS, _NEVER = 0.65, 0.45  # cue from which a clause tells a touchpoint by itself
_NEVER_CHOSEN = -1e30  # level of what cannot be
_OF_REST = ("miscellaneous", "other", "others", "else", "can't tell", "unclear", "unknown", "unspecified")
_SAYS_REST = (
    "anything else", "other things", "no other", "of the other", "of the others", "cannot be told", "does not say",
)  # fmt: skip
_OF_WHOLE = ("general", "overall", "whole")


class Meaning(NamedTuple):
    """What touchpoints without words need to be read: which they are, what they stand for, how frequent each is."""

    places: npt.NDArray[np.intp]  # of these touchpoints in the taxonomy
    rest: Flags  # those told where no other is told in the text
    whole: Flags  # those told where something is felt and nothing else named
    shares: Shares  # of these touchpoints among sentences, then of no touchpoint

    def columns(self, cues: Numbers) -> Numbers:
        """Of cues by clause those of these touchpoints: (touchpoints, clauses)."""
        return cues.T if len(self.places) == cues.shape[1] else cues.T[self.places]


def meaning(taxonomy: Taxonomy) -> Meaning | None:
    """The meaning of a taxonomy's touchpoints without words, all as frequent; None where all have words."""
    chosen = [(place, each) for place, each in enumerate(taxonomy) if not each.words]
    if not chosen:
        return None
    things = [each.name.replace("/", "#").replace(":", "#").split("#")[0] for _, each in chosen]
    most = max(map(things.count, things))
    whole = [
        _has(each.name, _OF_WHOLE) and (things.count(thing) == most or thing == each.name)
        for (_, each), thing in zip(chosen, things, strict=True)
    ]
    rest = [_has(each.name, _OF_REST) or _has(each.description, _SAYS_REST) for _, each in chosen]
    places = np.array([place for place, _ in chosen])
    held = Meaning(places, np.array(rest) & ~np.array(whole), np.array(whole), np.zeros(0))
    return held._replace(shares=_unseen(held))


def _unseen(held: Meaning) -> Shares:
    """Shares as long as no text has been seen: those of the whole, of the rest, and equal ones for all others."""
    shares = np.zeros(len(held.places) + 1)
    shares[:-1][held.whole] = _OF_ALL[0] / max(1, held.whole.sum())
    shares[:-1][held.rest] = _OF_ALL[1] / max(1, held.rest.sum())
    shares[-1] = _HARDLY if held.rest.any() else _OF_ALL[1]
    plain = _plain(held)
    shares[plain] = (1 - shares.sum()) / max(1, plain.sum())
    answer: Shares = shares / shares.sum()
    return answer


def _plain(held: Meaning) -> Flags:
    """The choices whose shares texts can teach: neither the whole, nor the rest, nor none."""
    return np.append(~(held.rest | held.whole), False)


def _has(text: str, phrases: tuple[str, ...]) -> bool:
    """Whether a text has one of the phrases as whole words (regular expressions would take milliseconds to compile)."""
    words = "".join(letter if letter.isalnum() or letter == "'" else " " for letter in text.lower()).split()
    spoken = " ".join(["", *(word.strip("'") for word in words), ""])
    return any(f" {phrase} " in spoken for phrase in phrases)


def centres(vectors: Numbers, weights: Numbers, rest: Flags) -> Numbers:
    """A unit vector for each touchpoint, (touchpoints, dimensions): the mean of its words less what all share."""
    found = unit(weights.T @ vectors)
    return unit(found - found[~rest].mean(axis=0)) if (~rest).sum() > 1 else found


def levels(held: Meaning, found: Found) -> Numbers:
    """How much each sentence speaks of each touchpoint and, last, of none: logits, (sentences, touchpoints + 1)."""
    walked, near, felt = found.walk, found.taught.T[: len(held.places)], found.moods[0] + found.moods[1]
    first = np.flatnonzero(np.diff(walked.clause_sentence, prepend=-1))
    begins, text = _texts(walked.clause_text[first])
    size = folded(walked.size, first).astype(np.float32)
    own = folded(near, first)
    whole = folded(own, begins) / np.sqrt(folded(size, begins))
    level = np.empty((len(near) + 1, len(first)), np.float32)
    level[:-1] = _NEAR * (own / np.sqrt(size) + whole.take(text, axis=1))
    level[:-1] += _CUE * np.clip(folded(held.columns(found.cues), first, np.maximum), 0, 1.2)
    known = own.any(axis=0)
    level[:-1][held.rest] = np.where(known, _NOTHING, 0.0)
    mood = np.clip(folded(felt, first) / np.sqrt(size), 0, 1)
    level[:-1][held.whole] = np.maximum(level[:-1][held.whole], _WHOLE + _FELT * mood)
    level[-1] = np.where(known & held.rest.any(), _NEVER_CHOSEN, _NOTHING)
    level *= _STEEP
    return level.T


def _texts(owner: npt.NDArray[np.int32]) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """The first sentence of each text, and the place of each sentence's text among those that have any."""
    fresh = np.diff(owner, prepend=-1) > 0
    return np.flatnonzero(fresh), np.cumsum(fresh) - 1


def believed(level: Numbers, shares: Shares) -> Numbers:
    """The probability of each choice of each sentence."""
    logits = level.T.astype(np.float32) + np.log(shares).astype(np.float32)[:, None]
    logits -= logits.max(axis=0)
    grown = single_exponential(logits)
    grown /= grown.sum(axis=0)
    answer: Numbers = grown.T
    return answer


def learned_shares(held: Meaning, level: Numbers) -> Shares:
    """How frequent each choice is among sentences, half way towards equal shares."""
    shares, plain = _unseen(held), _plain(held)
    equal, weight = shares[plain], len(level) + _UNSEEN
    for _ in range(_ROUNDS if plain.any() else 0):
        found = believed(level, shares)[:, plain].sum(axis=0)
        found *= equal.sum() * len(level) / max(float(found.sum()), 1e-9)
        shares[plain] = (found + weight * equal) / (len(level) + weight)
    return shares


def touchpoints(held: Meaning, found: Found) -> tuple[Numbers, Numbers]:
    """Decision by clause (.5 and more is told), and how much each clause speaks of each touchpoint.

    Decided for the sentence, given to the clause that speaks most of it.
    """
    walked, cues, near = found.walk, held.columns(found.cues), found.taught.T[: len(held.places)]
    if cues.shape[1] == 0:
        return cues.T, cues.T
    first = np.flatnonzero(np.diff(walked.clause_sentence, prepend=-1))
    belief = _belief(held, found, first)
    likely = belief * (1 - _LEAST) / (belief * (1 - 2 * _LEAST) + _LEAST)  # .5 where the belief is _LEAST
    speaks = near * (2 * _NEAR / np.sqrt(walked.size)).astype(np.float32)
    speaks += cues
    sentence = np.repeat(np.arange(len(first)), np.diff(np.append(first, cues.shape[1])))
    most = speaks - (1e-6 * (np.arange(cues.shape[1]) - first[sentence])).astype(np.float32)
    best = most >= folded(most, first, np.maximum).take(sentence, axis=1)
    likely = likely.take(sentence, axis=1)
    chosen = np.where(best, likely, np.minimum(likely, _NEVER))
    named = (cues >= _OWN_WORDS) & ~held.rest[:, None]
    np.maximum(chosen, np.maximum(likely, 0.5), out=chosen, where=named)
    return chosen.T, speaks.T


def _belief(held: Meaning, found: Found, first: npt.NDArray[np.intp]) -> Numbers:
    """What is believed of each touchpoint in each sentence: (touchpoints, sentences); `first` are their clauses."""
    level = levels(held, found)
    belief = believed(level, held.shares).T[:-1]
    belief[(level.T[:-1] < _STEEP * _SOME) & ~held.rest[:, None]] = 0  # the likeliest of few may still be unlikely
    if held.rest.any() and not held.rest.all():
        begins, text = _texts(found.walk.clause_text[first])
        told: Flags = np.any(belief[~held.rest] >= _LEAST, axis=0)
        belief[folded(told, begins, np.logical_or)[text] & held.rest[:, None]] = 0
    return belief

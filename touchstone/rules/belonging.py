"""Who belongs together by what people decided: confirmed, merged, rejected, split, and each of these undone. Pure."""

from __future__ import annotations

import itertools
import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

Pair = tuple[str, str]

SAME = 0.9
"""A link of at least this probability makes two persons one customer; below it, a person is asked."""
TOGETHER = ("confirm", "merge")
VERBS = (*TOGETHER, "reject", "split")


@dataclass(frozen=True)
class Decision:
    """What one person decided: everyone of `left` and everyone of `right` are one customer, or they are two.

    `keeps` is who of them the customer is called by from now on.
    """

    id: str
    verb: str
    left: tuple[str, ...]
    right: tuple[str, ...]
    keeps: str = ""

    def pairs(self) -> Iterator[tuple[Pair, bool]]:
        """Each pair it speaks of, the smaller id first, and whether the two are one."""
        for side in (self.left, self.right):  # who was on one side of it stays there
            yield from ((pair, True) for pair in itertools.pairwise(sorted(side)))
        one = self.verb in TOGETHER
        yield from ((_pair(*each), one) for each in itertools.product(self.left, self.right) if each[0] != each[1])


@dataclass(frozen=True)
class Belonging:
    """What decisions come to: pairs that are together (of two that contradict each other the later counts) and apart.

    `keeps`: who a customer is called by, the later the stronger.
    """

    together: tuple[Pair, ...]
    apart: tuple[Pair, ...]
    keeps: tuple[str, ...]

    @cached_property
    def _rank(self) -> dict[str, int]:
        return {each: place for place, each in enumerate(self.keeps)}

    def name(self, members: Sequence[str]) -> str:
        """What the customer of these persons is called by: whom the last merge keeps, else the first of their ids."""
        kept = [each for each in members if each in self._rank]
        return max(kept, key=self._rank.__getitem__) if kept else min(members)

    def among(self, people: Collection[str]) -> Belonging:
        """What of it is about these people alone."""
        together, apart = (
            tuple(pair for pair in pairs if pair[0] in people and pair[1] in people)
            for pairs in (self.together, self.apart)
        )
        return Belonging(together, apart, self.keeps)


def standing(corrections: Sequence[dict[str, Any]]) -> list[Decision]:
    """Decisions in order, from corrections of the table `link` in order; without those undone."""
    gone = undone(corrections)
    found = []
    for row in corrections:
        change = json.loads(row["change"] or "{}")
        if row["id"] not in gone and change.get("verb") in VERBS:
            sides = (tuple(change.get("left") or ()), tuple(change.get("right") or ()))
            found.append(Decision(row["id"], change["verb"], *sides, keeps=change.get("keeps") or ""))
    return found


def undone(corrections: Sequence[dict[str, Any]]) -> set[str]:
    """The corrections that hold no more; what undoes may be undone too: then what it undid stands again."""
    gone: set[str] = set()
    for row in reversed(corrections):
        if row["id"] not in gone and (undid := json.loads(row["change"] or "{}").get("takes_back")):
            gone.add(undid)
    return gone


def belonging(decisions: Iterable[Decision]) -> Belonging:
    """What decisions, in order, come to: of each pair the last that speaks of it counts."""
    said: dict[Pair, bool] = {}
    keeps: dict[str, None] = {}
    for each in decisions:
        for pair, one in each.pairs():
            said.pop(pair, None)
            said[pair] = one
        if each.keeps:
            keeps.pop(each.keeps, None)
            keeps[each.keeps] = None
    together = tuple(pair for pair, one in said.items() if one)
    return Belonging(together, tuple(pair for pair, one in said.items() if not one), tuple(keeps))


def spoken(decisions: Iterable[Decision], one: str, other: str) -> Decision | None:
    """The decision that counts for these two; None where nobody decided."""
    pair = _pair(one, other)
    found = [each for each in decisions if pair in dict(each.pairs())]
    return found[-1] if found else None


def _pair(one: str, other: str) -> Pair:
    return (one, other) if one <= other else (other, one)

"""Whom a home might ask where nobody is named: customers who lived something, drawn by lot; those to ask, and a sum."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from touchstone.core.ask import Ask
from touchstone.decide._file import row
from touchstone.rules.asking import PURPOSES, Asked

LOOKED = 5000  # customers that are looked at
_DRAWN = """
select person from interaction where person is not null and coalesce(level, 'end_customer') = 'end_customer'
    and kind in ('visit', 'purchase', 'answer', 'review', 'message', 'turn', 'post', 'idea', 'claim')
group by person order by md5(person || ?), person limit ?
"""
_LATELY = "Asked or written to of late or often."


def drawn(ask: Ask) -> list[str]:
    """The persons looked at."""
    return [str(each) for each in ask.lake(_DRAWN, [str(ask.seed), LOOKED])["person"].to_pylist()]


def leading(found: Mapping[str, Asked], top: int) -> list[str]:
    """For each purpose the `top` for whom most speaks, in order of their ids."""
    kept = []
    for purpose in PURPOSES:
        mine = [name for name, each in found.items() if each.purpose == purpose]
        kept += sorted(mine, key=lambda name: (-(found[name].merit or 0.0), name))[:top]
    return sorted(kept)


def summed(maker: str, found: Mapping[str, Asked]) -> dict[str, Any]:
    """How many were looked at, how many can be asked for what, and why the others are left alone."""
    alone = Counter(_kind(each.reason) for each in found.values() if each.purpose is None)
    asked = Counter(str(each.purpose) for each in found.values() if each.purpose is not None)
    detail = {"looked_at": len(found), "asked": dict(sorted(asked.items())), "alone": dict(sorted(alone.items()))}
    made = row(maker, {"person": None, "ask": None}, float(sum(asked.values())), n=len(found), measured_in="customers",
               detail=detail)  # fmt: skip
    return {**made, "about": [], "rests_on": []}


def _kind(why: str) -> str:
    """A reason without the days of one customer."""
    return _LATELY if why.startswith("Asked or written to") else why

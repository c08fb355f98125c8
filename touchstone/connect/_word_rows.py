"""Figures of word of mouth as METRIC rows: who stands in which role, with whom to start, what referrals added."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from touchstone.connect._word_acts import Lives, Words, credit
from touchstone.connect._word_graph import Standing
from touchstone.connect._word_roles import Role
from touchstone.science.interval import share_interval

MAKER = "word_of_mouth@1"
Figure = tuple[float | None, float | None, float | None, int]


def roled(life: Lives, roles: Mapping[str, Role], stood: Standing) -> Iterator[dict[str, Any]]:
    """A row for each person in each role they stand in."""
    for role, counted in roles.items():
        share = counted.share
        for who in np.flatnonzero(counted.named).tolist():
            figure = (float(share.value[who]), float(share.low[who]), float(share.high[who]), int(counted.n[who]))
            rest = (int(counted.hits.sum() - counted.hits[who]), int(counted.n.sum() - counted.n[who]))
            detail = {"hits": int(counted.hits[who]), "others": round(rest[0] / max(rest[1], 1), 6)}
            counts = "answers" if role == "teacher" else "listeners"
            yield _row(life, who, role, figure, f"share of {counts}", detail | _standing(stood, who))


def starting(life: Lives, stood: Standing) -> Iterator[dict[str, Any]]:
    """A row for each of those with whom to start, in order: how many each alone would reach."""
    size, n = len(stood.known), 2 * stood.sets
    names = ("together", "together_low", "together_high")
    together = {name: round(each, 3) for name, each in zip(names, stood.reach, strict=True)}
    for order, place in enumerate(stood.starters.tolist(), start=1):
        share = share_interval(round(float(stood.spread[place]) / size * n), n)
        value, low, high = (float(each[0]) * size for each in (share.value, share.low, share.high))
        who = int(stood.known[place])
        detail = {"order": order} | together | _standing(stood, who)
        yield _row(life, who, "starter", (value, low, high, n), "persons reached", detail)


def _standing(stood: Standing, who: int) -> dict[str, Any]:
    place = stood.place(who)
    if place is None:
        return {}
    rank, reach = float(stood.pagerank[place]), float(stood.spread[place])
    return {"pagerank": round(rank, 9), "k_core": int(stood.core[place]), "reach": round(reach, 3)}


def _row(life: Lives, who: int, role: str, figure: Figure, *more: Any) -> dict[str, Any]:
    return _figure({"person": life.names[who].as_py(), "role": role}, figure, *more)


def _figure(by: dict[str, str], figure: Figure, unit: str, detail: dict[str, Any]) -> dict[str, Any]:
    value, low, high, n = figure
    return {
        "id": ":".join(["word_of_mouth", *by.values()]), "name": "word_of_mouth", "by": list(by.items()),
        "value": value, "low": low, "high": high, "n": n, "measured_in": unit,
        "detail": json.dumps(detail, ensure_ascii=False), "maker": MAKER,
    }  # fmt: skip


def credited(life: Lives, heard: Words, layer: str, *, days: float, seed: int) -> Iterator[dict[str, Any]]:
    """What referrals of one layer added, against the similar who were not referred; nothing where there are none."""
    if not len(heard.at):
        return
    found, unmatched = credit(life, heard, days=days, seed=seed)
    detail: dict[str, Any] = {"referrals": len(heard.at), "unmatched": unmatched, "days": days}
    if found.n:
        detail |= {"referred": round(found.treated, 6), "similar": round(found.control, 6)}
        figure: Figure = (found.value, found.low, found.high, found.n)
    else:
        detail["why"] = "no one referred has a similar customer who was known before and was not"
        figure = (None, None, None, 0)
    yield _figure({"figure": "referral increment", "layer": layer}, figure, "share who bought or came", detail)

"""Word of mouth: who speaks to whom, whose explanations others thank for and act on, and what referrals added."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from touchstone.connect._word_acts import DAY, Lives, Words, acted, lives, places
from touchstone.connect._word_file import told
from touchstone.connect._word_graph import merged, standing
from touchstone.connect._word_links import links
from touchstone.connect._word_roles import Explanations, Role, agents, explanations, teachers
from touchstone.connect._word_rows import MAKER, credited, roled, starting
from touchstone.connect._word_said import contacts, objecting
from touchstone.core.ask import Ask
from touchstone.core.errors import Refused
from touchstone.core.tables import INSTANT, METRIC, NUMBER, SIGNAL, TEXT

FIELDS = {"person": TEXT, "other": TEXT, "weight": NUMBER, "occurred_at": INSTANT, "incentive": TEXT}
_SETS = 4000  # draws of who passes words on to whom


def connect(
    ask: Ask, *, days: float = 30.0, chance: float = 0.1, seeds: int = 10, alpha: float = 0.05,
    directed: bool = True, draws: int = 100,
) -> Iterator[pa.Table]:  # fmt: skip
    """LINK rows of layer `speaks_to` (left speaks to right) and, where a reward is in it, `coupon_chain`.

    SIGNAL rows `taught` for answers that were thanked for or solved, and METRIC rows: `teacher` and `change_agent` by
    person (share of their answers that taught, of their listeners who bought or came within `days`; of those named a
    share `alpha` at most by chance alone), `starter` (the `seeds` who together reach most, each word passed on with
    `chance`), and the increment of referrals. Of a file (`person` speaks to or trusts `other`): METRIC rows by person
    with PageRank, its limits by `draws` bootstrap draws; `directed=false` where an edge goes both ways.
    """
    if not days > 0 or not 0 < chance < 1 or seeds < 1 or not 0 < alpha < 1 or draws < 0:
        raise Refused("days are above 0, chance and alpha between 0 and 1, seeds 1 or more, draws 0 or more.")
    if ask.given is not None:
        graph: dict[str, Any] = {"chance": chance, "seeds": seeds, "sets": _SETS, "draws": draws, "seed": ask.seed}
        yield told(ask.given, directed=directed, **graph)
        return
    heard = _heard(ask)
    own, coupon = acted(heard.life, heard.words, days=days)
    yield links(heard.found, own, coupon, maker=MAKER)
    asker, _ = acted(heard.life, Words(heard.right, heard.left, heard.words.at), days=days)
    given = explanations(heard.found, heard.left, heard.right, asker)
    yield _taught(heard.found, given)
    free = ~heard.found["paid"].to_numpy()
    plain = free & ~coupon
    edges = merged(heard.words.listener[plain], heard.words.speaker[plain], np.ones(plain.sum()), directed=True)
    barred = places(pa.chunked_array([pa.array(objecting(ask), TEXT)]), heard.life.names).tolist()
    stood = standing(edges, chance=chance, seeds=seeds, sets=_SETS, draws=0, seed=ask.seed, barred=barred)
    roles = _roles(heard, given, own, days=days, alpha=alpha)
    rows = [*roled(heard.life, roles, stood), *starting(heard.life, stood)]
    for layer, some in (("speaks_to", free), ("coupon_chain", ~free)):
        rows += credited(heard.life, heard.words.only(some & heard.referred), layer, days=days, seed=ask.seed)
    yield pa.Table.from_pylist(rows, schema=METRIC)


@dataclass(frozen=True)
class _Heard:
    """Contacts in order of time, with the places of both sides among those whose lives are known."""

    found: pa.Table
    life: Lives
    left: NDArray[np.int64]
    right: NDArray[np.int64]
    referred: NDArray[np.bool_]
    words: Words


def _heard(ask: Ask) -> _Heard:
    """Who was sent listens to who sent them; all others who speak to someone listened to them before."""
    found = contacts(ask).sort_by([(name, "ascending") for name in ("occurred_at", "interaction", "left", "right")])
    life = lives(ask, also=found)
    left, right = (places(found[side], life.names) for side in ("left", "right"))
    referred = pc.equal(found["how"], "referral").to_numpy()
    at = found["occurred_at"].cast(pa.int64()).fill_null(-1).to_numpy()
    words = Words(np.where(referred, right, left), np.where(referred, left, right), at)
    return _Heard(found, life, left, right, referred, words)


def _roles(heard: _Heard, given: Explanations, own: NDArray[np.bool_], *, days: float, alpha: float) -> dict[str, Role]:
    """Who stands in which role; of listeners only those whose days are over, to words without a reward."""
    size, at = len(heard.life.names), heard.words.at
    over = ~heard.found["paid"].to_numpy() & (at >= 0) & (at + int(days * DAY) <= heard.life.last)
    listened = heard.words.only(over)
    return {
        "teacher": teachers(given, size, alpha=alpha),
        "change_agent": agents(listened.listener, listened.speaker, own[over], size, alpha=alpha),
    }


def _taught(found: pa.Table, given: Explanations) -> pa.Table:
    """One signal for each answer that was thanked for or solved."""
    some = given.sure >= 0.5
    interaction, sure = found["interaction"].take(pa.array(given.words[some])), pa.array(given.sure[some])
    names = ["id", "interaction", "layer", "label", "score", "probability", "maker"]
    same = [pa.repeat(each, len(sure)) for each in ("word_of_mouth", "taught", MAKER)]
    ids = pc.binary_join_element_wise(interaction, MAKER, "taught", ":")
    return pa.table(dict(zip(names, [ids, interaction, *same[:2], sure, sure, same[2]], strict=True))).cast(SIGNAL)

"""Word of mouth: whose words others act on, with whom to start, and what referrals added."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import quote

from touchstone.core.ask import Ask
from touchstone.core.page import Block, Cards, Estimate, Grid, Link, Note, Page
from touchstone.show import _forest, _people, _say, _stored
from touchstone.show._stored import Figure

WHO = ("insider",)
_PLACE = 32, "Customers"
_ROLES = {
    "teacher": ("Teachers", "Share of their answers that others thank for or act on, with 95 % intervals."),
    "change_agent": ("Change agents", "Share of their listeners who then buy, come or refer, with 95 % intervals."),
}
_LAYERS = {"speaks_to": "Referred in words of one's own", "coupon_chain": "Referred for a reward, kept apart"}


def show(ask: Ask) -> Page:
    """Teachers and change agents with their doubt, the people to start with, and what referrals added."""
    rows = _stored.stored(ask, "word_of_mouth", ("person", "role"))
    added = _stored.stored(ask, "word_of_mouth", ("figure", "layer"))
    told = [each for each in _stored.stored(ask, "advocacy", ("evidence",)) if each.by["evidence"] == "told"]
    if not rows and not added and not told:
        todo = "Replies, threads and referrals tell it: columns reply_to, thread and person make this page."
        note = Note("Nobody was heard speaking to another yet.", "empty", todo)
        return Page("word_of_mouth", "Word of mouth", "Who speaks to whom is not known yet.", "", (note,))
    named = len({each.by["person"] for each in rows})
    people = _people.people(ask, [each.by["person"] for each in rows])
    names = {each: known.name for each, known in people.items()}
    rows = [each for each in rows if not people[each.by["person"]].objects]
    left_out = named - len({each.by["person"] for each in rows})
    by_role = {role: _by_role(rows, role) for role in (*_ROLES, "starter")}
    figures = (*(_added(ask, each) for each in added), *(_heard(ask, each) for each in told))
    blocks: list[Block] = [Cards(figures)] if figures else []
    for role, (title, lead) in _ROLES.items():
        if found := by_role[role]:
            shown = [_stored.estimate(each, names[each.by["person"]], seed=ask.seed) for each in found]
            blocks += [_forest.forest(shown, title=title, lead=lead), _who(found, names, shown)]
    if starters := by_role["starter"]:
        blocks.append(_starting(starters, names, ask.seed))
    lead = "Told by what others did with their words, never by how many follow them; words paid for are kept apart."
    if left_out:
        who = _say.some(left_out, "person who does", "persons who do")
        lead += f" {who} not want to be contacted {'is' if left_out == 1 else 'are'} left out."
    return Page("word_of_mouth", "Word of mouth", _sentence(by_role["teacher"]), lead, tuple(blocks))


def _by_role(rows: Sequence[Figure], role: str) -> list[Figure]:
    """The rows of a role: those surest first, starters in their order."""
    found = [each for each in rows if each.by["role"] == role]
    if role == "starter":
        return sorted(found, key=lambda each: int(each.detail.get("order") or 0))
    return sorted(found, key=lambda each: (-(each.low or 0.0), each.by["person"]))


def _added(ask: Ask, figure: Figure) -> Estimate:
    label = _LAYERS.get(figure.by["layer"], figure.by["layer"])
    return replace(_stored.estimate(figure, label, middle=0.0, seed=ask.seed), counted="referred")


def _heard(ask: Ask, figure: Figure) -> Estimate:
    """Of who was asked, those who heard of us from somebody they know."""
    return replace(_stored.estimate(figure, "Heard of us from somebody they know", seed=ask.seed), middle=None)


def _who(rows: Sequence[Figure], names: dict[str, str], shown: Sequence[Estimate]) -> Grid:
    """Each person, leading to their story."""
    cells = tuple(
        (_linked(row, names), each, int(row.detail.get("hits") or 0), each.n)
        for row, each in zip(rows, shown, strict=True)
    )
    return Grid("Who they are", "", ("person", rows[0].measured_in, "acted on", "of"), cells, folded=len(cells) > 12)


def _starting(rows: Sequence[Figure], names: dict[str, str], seed: int) -> Grid:
    """With whom to start, in order."""
    cells = tuple((_linked(row, names), _stored.estimate(row, names[row.by["person"]], seed=seed)) for row in rows)
    together = rows[-1].detail
    reach = together.get("together")
    lead = "One after the other, who reaches most whom those before do not" + (
        f"; together about {_say.count(reach)} persons." if reach is not None else "."
    )
    return Grid("With whom to start", lead, ("person", "would reach alone, persons"), cells)


def _linked(row: Figure, names: dict[str, str]) -> Link:
    person = row.by["person"]
    return Link(names[person], f"customer?id={quote(person, safe='')}")


def _sentence(teachers: Sequence[Figure]) -> str:
    if not teachers:
        return "No one’s explanations are thanked for or acted on beyond what chance explains."
    are = "person explains" if len(teachers) == 1 else "people explain"
    return f"{_say.named(_say.word(len(teachers)))} {are} so that others thank them or act on it, beyond chance."

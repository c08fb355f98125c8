"""Whom to ask for a review, a referral or advice, and whom to leave alone, with the reason in words. Pure.

Who is asked for a public review follows from a lot alone: asking only those who will praise misleads readers, and
platforms forbid it. Referral and advice are between the customer and the brand; they go by merit. Nothing is ever given
for praise.
"""

from __future__ import annotations

from dataclasses import dataclass

from touchstone.rules.pressure import pressed

PURPOSES = {"review": "survey", "referral": "offer", "advice": "survey"}
"""What may be asked for, and the purpose of contact that must be allowed."""
_TOP, _GOOD = 0.9, 0.6  # shares of the scale: a promoter's score, and a score under which nobody is sent to friends


@dataclass(frozen=True)
class Known:
    """What is known of one customer: `score` as a share of its scale, `days` since they were asked or written to."""

    allowed: frozenset[str] = frozenset()  # purposes of contact they allow
    objects: bool = False
    outside: bool = False  # an employee, dealer or other insider of the trade
    experienced: bool = True  # they bought, came, or said something
    open_complaint: bool = False
    days: float | None = None
    times: int = 0  # they were, within 90 days
    reviewed: bool = False
    score: float | None = None
    recommends: bool = False  # praises or recommends in own words that nobody paid for
    told_others: bool = False  # sent somebody without a reward
    rewarded: bool = False  # a reward stood behind some praise of theirs
    suggests: bool = False  # proposed something in own words
    taught: bool = False  # others thanked for their explanations
    criticises: bool = False  # said what is bad, and it was settled


@dataclass(frozen=True)
class Asked:
    """What to ask for (None: leave alone), why, and for referral and advice the share of what speaks for it."""

    purpose: str | None
    reason: str
    merit: float | None = None


def asked(known: Known, *, lot: float, review: float, rest: float, often: int = 3) -> Asked:
    """What to ask this customer for. `lot` is their draw from 0 to 1: under `review` they are asked for a review.

    Nothing that they said of the brand has a say in who is asked for a review; an open complaint only puts it off.
    """
    if (reason := _alone(known, rest, often)) is not None:
        return Asked(None, reason)
    if lot < review and not known.reviewed and PURPOSES["review"] in known.allowed:
        return Asked("review", "Drawn by lot among all who may be asked, whatever they think of the brand.")
    found = [each for each in (_advice(known), _referral(known)) if each is not None]
    allowed = [each for each in found if PURPOSES[str(each.purpose)] in known.allowed]
    if allowed:
        return max(allowed, key=lambda each: each.merit or 0.0)
    if found:
        return Asked(None, "They do not allow being contacted for what they could be asked.")
    return Asked(None, "Not drawn by lot for a review, and nothing says that they would recommend or advise.")


def _alone(known: Known, rest: float, often: int) -> str | None:
    reasons = (
        (known.objects, "They do not want to be contacted."),
        (known.outside, "They work for the brand or a partner: their word in public would be the brand's."),
        (not known.allowed & set(PURPOSES.values()), "They have not allowed being contacted for this."),
        (not known.experienced, "Nothing is known of an experience of theirs."),
        (known.open_complaint, "A complaint is open: settle it first; then they are asked like everybody else."),
    )
    pressure = pressed(known.days, known.times, rest=rest, most=often)
    return next((reason for holds, reason in reasons if holds), pressure)


def _referral(known: Known) -> Asked | None:
    """A genuine promoter: their own words or deeds say so, not a number alone, and nobody paid for it."""
    words = {"recommends in own words": known.recommends, "has sent others": known.told_others}
    if known.rewarded or not any(words.values()) or (known.score is not None and known.score < _GOOD):
        return None
    signs = {**words, "a promoter's score": known.score is not None and known.score >= _TOP}
    return Asked("referral", _because(signs), sum(signs.values()) / len(signs))


def _advice(known: Known) -> Asked | None:
    signs = {
        "proposed something": known.suggests,
        "explains what others thank for": known.taught,
        "said what was bad, and it was settled": known.criticises,
    }
    return Asked("advice", _because(signs), sum(signs.values()) / len(signs)) if any(signs.values()) else None


def _because(signs: dict[str, bool]) -> str:
    told = ", ".join(name for name, holds in signs.items() if holds)
    return f"{told[0].upper()}{told[1:]}; nothing was given for it."

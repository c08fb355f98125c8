"""Which words name things: those that stand after an article, a possessive or a preposition, told without a tagger."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from touchstone.language.terms import SMALL, Terms, hashed

_BEFORE_THINGS = """
the a an my our your his her their this that these those any some no every each which whose its of in on at for with by
from about without into over under through near behind between
le la les l un une des du mon ma mes notre nos votre vos ton ta tes son sa ses leur leurs ce cet cette ces au aux d de
en dans sur avec pour sans par chez
el los las una unos unas mi mis tu tus su sus nuestro nuestra este esta ese esa estos estas del al con sin por para
sobre
der die das den dem ein eine einen einem einer mein meine unser unsere ihr ihre kein keine mit von bei ohne aus auf am
zum zur
"""
_BACK = 3  # words that are looked back over, within the clause: "the rear door seal"


def things(found: Terms) -> NDArray[np.float64]:
    """By term the share of its uses that name a thing, a half where nothing tells: (terms,).

    Of the small words before a use the nearest, up to three words back in its clause, decides: an article, possessive
    or preposition stands before things ("the door seal", "with a leash"), a pronoun or auxiliary before what somebody
    does ("we agree"). Languages without such words, and telegrams, tell nothing.
    """
    tokens = found.tokens
    count = len(tokens.hash)
    before = np.isin(tokens.hash, hashed(_BEFORE_THINGS.split()))
    small = before | np.isin(tokens.hash, hashed(SMALL.split()))
    kind = np.where(before, 1, np.where(small, -1, 0)).astype(np.int8)
    told = np.zeros(count, np.int8)
    same = np.ones(count, np.bool_)  # as far back as is looked it is the same clause
    for back in range(1, min(_BACK, count - 1) + 1):
        same[back:] &= ~tokens.clause_begins[1 : count - back + 1]
        same[:back] = False
        told[back:] = np.where(same[back:] & (told[back:] == 0), kind[: count - back], told[back:])
    use = told[found.first]
    named, other = (np.bincount(found.owner, use == each, minlength=len(found.runs)) for each in (1, -1))
    return np.asarray((named + 0.5) / (named + other + 1), float)

"""What customers vote on: put to them, voted once each, closed; and the questions about it."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from sqlalchemy import Select, case, delete, func, insert, select, update

from touchstone.core.errors import Refused
from touchstone.store._live_cases import fix
from touchstone.store._live_votes import proposal, vote

_MOST = 50
_GONE = "this is not asked any more."


def make(store: Any, *, fix_id: str, words: str) -> tuple[str, bool]:
    """The id of what is asked about a fix, and whether it is new or says something else than before.

    Words that some have voted on stay as they are: `Refused` where they would change.
    """
    id = sha256(f"proposal {fix_id}".encode()).hexdigest()[:16]
    fresh = {"words": words, "state": "open", "made_at": store.now, "closed_at": None}
    with store.record.writing() as connection:
        known = connection.execute(select(proposal).where(proposal.c.id == id)).mappings().first()
        if known is None:
            connection.execute(insert(proposal), {"id": id, "fix": fix_id, **fresh})
            return id, True
        if (known["words"], known["state"]) == (words, "open"):
            return id, False
        cast = connection.execute(select(vote.c.id).where(vote.c.proposal == id).limit(1)).first()
        if cast is not None and known["words"] != words:
            raise Refused(
                "customers have voted on other words.", field="words", todo="State another fix, and ask anew."
            )
        connection.execute(update(proposal).where(proposal.c.id == id).values(fresh | {"made_at": known["made_at"]}))
    return id, True


def close(store: Any, *, id: str) -> bool:
    """Asks nobody more; False where it was closed, or never asked."""
    still = (proposal.c.id == id) & (proposal.c.state == "open")
    with store.record.writing() as connection:
        return bool(
            connection.execute(update(proposal).where(still).values(state="closed", closed_at=store.now)).rowcount
        )


def cast(store: Any, *, id: str, person: str, choice: str) -> bool:
    """One person's vote, which takes the place of their last; `none` takes it back. Whether that is anything new."""
    own = (vote.c.proposal == id) & (vote.c.person == person)
    with store.record.writing() as connection:
        state = connection.execute(select(proposal.c.state).where(proposal.c.id == id)).scalar()
        if state != "open":
            raise Refused(_GONE, field="proposal", todo="Look at your page.")
        was = connection.execute(select(vote.c.choice).where(own)).scalar()
        if (was or "none") == choice:
            return False
        connection.execute(delete(vote).where(own))
        if choice != "none":
            made = sha256(f"{id} {person}".encode()).hexdigest()[:24]
            row = {"id": made, "proposal": id, "person": person, "choice": choice, "cast_at": store.now}
            connection.execute(insert(vote), row)
    return True


def asked() -> Select[Any]:
    """What is asked, the latest first."""
    own = proposal.c
    return select(own.id, own.words).where(own.state == "open").order_by(own.made_at.desc(), own.id).limit(_MOST)


def cast_by_me() -> Select[Any]:
    """The asker's own votes: their ask narrows it."""
    return select(vote.c.proposal, vote.c.choice)


def counted() -> Select[Any]:
    """Each thing asked, with the name of its fix and how many voted `yes` and `no`."""
    sums = [func.coalesce(func.sum(case((vote.c.choice == each, 1), else_=0)), 0) for each in ("for", "against")]
    own = proposal.c
    wanted = select(own.id, own.words, own.state, fix.c.name, sums[0].label("yes"), sums[1].label("no"))
    joined = wanted.join(fix, fix.c.id == own.fix).outerjoin(vote, vote.c.proposal == own.id)
    return joined.group_by(own.id, own.words, own.state, own.made_at, fix.c.name).order_by(own.made_at.desc(), own.id)

"""Send what waits in the outbox: by the clock, every minute."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from touchstone.act import _post
from touchstone.core.errors import Refused, Retry, Skip, Stop
from touchstone.store import attachments, outbox

WHO = ("administrator",)
EVERY = timedelta(minutes=1)
_MOST = 200  # at one go: the rest goes a minute later
_TRIES = 12
_LONGEST = timedelta(hours=6)  # between two tries
_TURN = timedelta(minutes=10)  # a sender that was killed is taken to be gone after it


def act(store: Any) -> dict[str, Any]:
    """How many were {"sent", "withheld" (the customer objects), "waiting" (to be tried again), "failed"}.

    Nobody answers: tried again after 1, 2, 4, … minutes, twelve times. Mails say by their Message-ID that they are the
    same, should one go twice because the sender was killed half-way. Two senders at once never send the same.
    """
    counts = dict.fromkeys(("sent", "withheld", "waiting", "failed"), 0)
    with _post.Post(store) as post:
        for row in outbox.due(store, most=_MOST):
            if outbox.claim(store, row, until=store.now + _TURN):
                counts[_sent(store, post, row)] += 1
    outbox.tidy(store)
    if any(counts.values()):
        store.log("outbox.send", **counts)
    return counts


def _sent(store: Any, post: _post.Post, row: Mapping[str, Any]) -> str:
    if not outbox.allowed(store, row):
        outbox.mark(store, id=row["id"], state="withheld", text="", html="", error="the customer does not allow it")
        return "withheld"
    try:
        post.deliver(row, files=attachments.of_mail(store, id=row["id"]))
    except Stop as error:  # settings are missing: it waits until they are there
        outbox.mark(store, id=row["id"], error=str(error), due_at=store.now + _LONGEST)
        return "waiting"
    except (Refused, Skip) as error:
        outbox.mark(store, id=row["id"], state="failed", error=str(error))
        return "failed"
    except Retry as error:
        tries = row["tries"] + 1
        later = store.now + min(timedelta(minutes=2 ** (tries - 1)), _LONGEST)
        state = "failed" if tries >= _TRIES else "waiting"
        outbox.mark(store, id=row["id"], state=state, tries=tries, due_at=later, error=str(error))
        return state
    outbox.mark(store, id=row["id"], state="sent", sent_at=store.now, tries=row["tries"] + 1, error="")
    return "sent"

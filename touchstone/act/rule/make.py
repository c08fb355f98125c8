"""Make a rule: whom to alert when a figure is beyond a threshold, something changes, or certain words arrive."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from touchstone.act import _findings, _post
from touchstone.core import finder, outgoing
from touchstone.core.errors import Refused
from touchstone.rules import rhythm, webhook
from touchstone.store import telling

WHO = ("insider", "partner")
ONCE = ("secret",)
_BESIDE = ("change", "words")


def act(
    store: Any,
    *,
    measure: str,
    below: float | None = None,
    above: float | None = None,
    by: Sequence[str] = (),
    where: str | None = None,
    days: int = 0,
    says: str | None = None,
    to: str | None = None,
    most: int = 3,
    quiet: str = "20-7",
    zone: str = "UTC",
) -> dict[str, Any]:
    """{"rule": its id, "looks_at": figures it looks at now, "beyond": how many are already, "secret": of a webhook}.

    `measure` is a measure, with `below` or `above` a threshold; `change`, of any figure or the one `says` names;
    or `words`, of the kind, urgency or emotion that `says` names (urgent, problem, anger). `by` looks at each
    touchpoint or unit, `where` narrows, `days` counts only the last ones. `to` is a mail address or webhook
    (https://…); empty: your own. At most `most` alerts a day, none in the `quiet` hours of `zone`; the
    rest come together the next day.
    """
    _check(quiet, zone, most, days)
    account = store.viewer.account or None
    kind, to = _receiver(store, to or "")
    row = {
        "account": account, "unit": telling.unit_of(store.viewer), "measure": measure, "says": says or "",
        "by": sorted(set(by)), "where": where or "", "days": days, "above": int(above is not None),
        "threshold": _threshold(measure, below, above, says or "", narrowed=bool(by or where or days)),
        "kind": kind, "to": to, "most": most, "quiet": quiet, "zone": zone,
    }  # fmt: skip
    row["id"] = telling.named("rule", *row.values())
    row |= {"raised": 0, "seen": 0, "muted_until": None, "reason": "", "created_at": store.now, "ended_at": None}
    row["seen"] = _findings.last_heard(store.ask(store.viewer)) if measure == "words" else 0
    looked = _findings.found(store, row, store.viewer)  # refused here, not in the night, where it makes no sense
    if telling.keep(store, "rule", row):
        store.log("rule.make", rule=row["id"], account=account)
    beyond = sum(each.news(row, comparisons=len(looked)) for each in looked)
    return {"rule": row["id"], "looks_at": len(looked), "beyond": beyond, **_secret(store, kind, to)}


def _secret(store: Any, kind: str, to: str) -> dict[str, str]:
    return {"secret": webhook.secret(_post.key(store, to))} if kind == "webhook" else {}


def _check(quiet: str, zone: str, most: int, days: int) -> None:
    rhythm.quiet_hours(quiet)
    rhythm.clock(zone)
    if not 1 <= most <= 100:
        raise Refused("that is no number of alerts a day.", field="most", todo="Give 1 to 100.")
    if days < 0:
        raise Refused("days are counted back from today.", field="days", todo="Give 0 for all time, or more.")


def _receiver(store: Any, to: str) -> tuple[str, str]:
    """mail or webhook, and where to."""
    to = to.strip() or telling.address_of(store, store.viewer.account)
    if to.startswith(("https://", "http://")):
        if store.viewer.side == "partner":
            raise Refused("a partner's alerts go to themselves.", field="to", todo="Leave it empty.")
        outgoing.checked(to, field="to")
        return "webhook", to
    name, at, host = to.partition("@")
    if not (name and at and host) or any(each.isspace() for each in to):
        raise Refused("nobody to send to.", field="to", todo="Give a mail address, or a webhook as https://….")
    if store.viewer.side == "partner" and to != telling.address_of(store, store.viewer.account):
        raise Refused("a partner's alerts go to themselves.", field="to", todo="Leave it empty.")
    return "mail", to


def _threshold(measure: str, below: float | None, above: float | None, says: str, *, narrowed: bool) -> float | None:
    if measure == "words":
        if not says:
            raise Refused("which words?", field="says", todo="Say urgent, problem, anger, …")
        if narrowed:
            raise Refused("words are looked at as they arrive.", field="by", todo="Leave out by, where and days.")
        return None
    if measure == "change":
        return None
    if measure not in finder.names("measure"):
        known = ", ".join([*_BESIDE, *finder.names("measure")])
        raise Refused(f"there is no measure {measure!r}.", field="measure", todo=f"Known: {known}.")
    if (below is None) == (above is None):
        raise Refused("when is it worth an alert?", field="below", todo="Give either below or above.")
    return below if above is None else above

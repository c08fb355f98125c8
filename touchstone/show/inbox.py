"""Inbox: what calls for an answer, across channels, the most pressing first."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlencode

from touchstone.core.ask import Ask
from touchstone.core.page import Block, Field, Filters, Form, Grid, Link, Note, Page
from touchstone.core.worklist import Deed, LivePage, Worklist
from touchstone.rules import inbox
from touchstone.show import _inbox, _narrow, _say, _units
from touchstone.show._inbox import Chosen
from touchstone.show._may import may
from touchstone.store import inbox as questions

WHO = ("insider", "partner")
_PLACE = 30, "Customers"
_TOPIC = "conversations"
_STATES = (("open", "Open"), ("snoozed", "Snoozed"), ("waiting", "Waiting for the customer"), ("closed", "Closed"))
_OWNERS = (("", "Anyone"), ("me", "Mine"), ("none", "Nobody yet"))
_SORTS = (("", "The most pressing"), ("latest", "The latest word"))
_URGENT = (("", "All"), ("0.4", "Some"), ("0.6", "High"), ("0.8", "Very high"))
_DONE = {"take": "took", "assign": "assigned", "close": "closed", "reopen": "reopened", "snooze": "snoozed"}
_SHOWN = 150  # characters of a text
_DEEDS = (
    Deed("conversation.take", "Take", "t"),
    Deed("conversation.close", "Close", "e"),
    Deed("conversation.snooze", "Tomorrow", "s", "days", "1"),
    Deed("conversation.snooze", "Next week", "", "days", "7"),
    Deed("conversation.reopen", "Reopen", "r"),
)


def show(
    ask: Ask,
    *,
    state: str | None = None,
    owner: str | None = None,
    unit: str | None = None,
    channel: str | None = None,
    touchpoint: str | None = None,
    language: str | None = None,
    kind: str | None = None,
    urgency: str | None = None,
    sort: str | None = None,
    after: str | None = None,
) -> Page:
    """Conversations in one `state`, narrowed; `owner` is me, none or an account; `after` is where the page begins."""
    given = {"state": state or "open", "owner": owner, "unit": unit, "channel": channel, "touchpoint": touchpoint,
             "language": language, "kind": kind, "urgency": urgency, "sort": sort, "after": after}  # fmt: skip
    chosen = Chosen(**{name: text or "" for name, text in given.items()})
    rows, count = _inbox.found(ask, chosen)
    blocks: list[Block | None] = [*_notices(ask, chosen), _undo(ask, chosen), *_views(ask), _filters(ask, chosen)]
    blocks += [_worklist(ask, chosen, rows, count) if rows else _nothing(chosen), _keeping(chosen)]
    return LivePage(
        "inbox", "Inbox", _sentence(chosen, count), "", tuple(each for each in blocks if each), topic=_TOPIC
    )


def _sentence(chosen: Chosen, count: int) -> str:
    told = f"More than {_say.count(_inbox.COUNTED)}" if count > _inbox.COUNTED else _say.count(count)
    one = count == 1
    said = {
        "open": "conversation is open" if one else "conversations are open",
        "snoozed": "conversation is snoozed" if one else "conversations are snoozed",
        "waiting": "conversation waits for the customer" if one else "conversations wait for the customer",
        "closed": "conversation is closed" if one else "conversations are closed",
    }.get(chosen.state, "conversations")
    mine = " and yours" if chosen.owner == "me" else " and nobody’s yet" if chosen.owner == "none" else ""
    return f"{told} {said}{mine}." if count else "Nothing waits here."


def _notices(ask: Ask, chosen: Chosen) -> list[Block]:
    """Who named the viewer in a note, and which of their customers wrote again; one button says that it was seen."""
    rows = _inbox.notices(ask)
    if not rows:
        return []
    names = _inbox.accounts(ask, (row["by"] for row in rows))
    customers = _inbox.customers(ask, (row["person"] for row in rows))
    lines = tuple(
        (_led(customers.get(row["person"] or "", ""), row["conversation"]),
         f"{names.get(row['by'], 'a colleague')} named you in a note" if row["by"] else "wrote again",
         _inbox.ago(row["created_at"], ask.now))
        for row in rows
    )  # fmt: skip
    own = tuple(Field("ids[]", "", row["id"], kind="hidden") for row in rows)
    back = Field("back", "", f"/{chosen.address()}", kind="hidden")
    told = Grid("News for you", "", ("about", "what", "when"), lines, narrow=True)
    return [told, Form("notice.seen", "", (*own, back), "Seen")]


def _undo(ask: Ask, chosen: Chosen) -> Form | None:
    """What the viewer did last, to be taken back."""
    done = _inbox.last_change(ask)
    if done is None:
        return None
    token, what, count = done
    fields = (Field("change", "", token, kind="hidden"), Field("back", "", f"/{chosen.address()}", kind="hidden"))
    told = f"You {_DONE.get(what, what)} {_say.some(count, 'conversation', 'conversations')}. Undo"
    return Form("conversation.undo", "", fields, told, "z")


def _views(ask: Ask) -> list[Block | None]:
    """The viewer's saved views; a partner keeps none that anybody could read."""
    rows = ask.record(questions.views(ask.viewer.account)) if ask.viewer.side == "insider" else []
    if not rows:
        return []
    links = tuple(
        (
            Link(row["name"], "inbox?" + urlencode(row["filters"])),
            Link("forget it", f"act/view.remove?view={row['id']}"),
        )
        for row in rows
    )
    return [Grid("Your views", "", ("view", ""), links, narrow=True, folded=True)]


def _keeping(chosen: Chosen) -> Form | None:
    """Keeps the filters in force under a name."""
    query = chosen.address().partition("?")[2]
    if not query:
        return None
    fields = (Field("name", "Keep these filters as"), Field("filters", "", query, kind="hidden"),
              Field("back", "", f"/{chosen.address()}", kind="hidden"))  # fmt: skip
    return Form("view.keep", "", fields, "Keep the view")


def _filters(ask: Ask, chosen: Chosen) -> Filters:
    narrowed = _narrow.narrow(unit=chosen.unit, touchpoint=chosen.touchpoint, channel=chosen.channel)
    kinds = tuple((name, _inbox.KINDS[name]) for name in (*inbox.KINDS, *inbox.OTHERS))
    return Filters((
        Field("state", "State", chosen.state, _STATES),
        Field("owner", "Whose", chosen.owner, _OWNERS),
        Field("urgency", "Urgency", chosen.urgency, _URGENT),
        Field("kind", "What it is", chosen.kind, (("", "All"), *kinds)),
        *_narrow.filters(ask, narrowed, "unit", "touchpoint", "channel").fields,
        Field("language", "Language (en, de, …)", chosen.language),
        Field("sort", "First", chosen.sort, _SORTS),
    ))  # fmt: skip


def _worklist(ask: Ask, chosen: Chosen, rows: list[dict[str, Any]], count: int) -> Worklist:
    units = _units.names(ask, (row["unit"] for row in rows))
    names = _inbox.customers(ask, (row["person"] for row in rows))
    texts = _inbox.words(ask, rows)
    offered = _inbox.accounts(ask, offered=20) if may(ask.viewer, "conversation.assign") else {}
    owners = offered | _inbox.accounts(ask, (row["owner"] for row in rows))
    lines = tuple(
        (
            _led(names.get(row["person"] or "", ""), row["id"]),
            _say.short(texts[row["id"]], _SHOWN),
            _inbox.KINDS.get(row["kind"], row["kind"]) if row["kind"] != inbox.WORD else "",
            row["touchpoint"] or "", units.get(row["unit"] or "", ""), row["channel"] or "",
            _inbox.ago(row["heard_at"], ask.now), owners.get(row["owner"] or "", ""),
        )
        for row in rows
    )  # fmt: skip
    columns = ("customer", "last word", "what it is", "about", "where", "channel", "heard", "whose")
    people = tuple(Deed("conversation.assign", f"Give it to {name}", "", "to", name) for name in offered.values())
    deeds = tuple(each for each in _DEEDS if may(ask.viewer, each.action) and _fits(each, chosen.state))
    return Worklist(
        "", "", columns, lines, ids=tuple(row["id"] for row in rows), tones=tuple(_tone(row) for row in rows),
        deeds=deeds, more=people if deeds else (), back=f"/{chosen.address()}",
        earlier=chosen.address() if chosen.after else "", later=_inbox.further(chosen, rows, count),
    )  # fmt: skip


def _led(name: str, conversation: str) -> Link:
    """The customer's name, which leads to their conversation."""
    return Link(name or "Somebody", f"conversation?id={quote(conversation, safe='')}")


def _fits(deed: Deed, state: str) -> bool:
    """Whether a deed changes anything of conversations in a state."""
    closed, snoozed = state == "closed", state == "snoozed"
    return {"conversation.reopen": state != "open", "conversation.close": not closed,
            "conversation.snooze": not closed and not snoozed}.get(deed.action, True)  # fmt: skip


def _tone(row: dict[str, Any]) -> str:
    return "bad" if row["urgency"] >= inbox.KINDS["problem"] else "open"


def _nothing(chosen: Chosen) -> Note:
    if chosen.address() != "inbox":
        return Note("No conversation is like this.", "empty", "Show everything, or choose other filters.")
    todo = (
        "Messages, calls and reviews are listed here after each run, and whatever else names a problem, a question or "
        "a wish. Bring some in with `touchstone listen`, then `touchstone run`."
    )
    return Note("Nothing calls for an answer.", "empty", todo)

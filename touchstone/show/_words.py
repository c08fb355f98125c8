"""Customers' own words: random draws that a seed repeats, never hand-picked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pyarrow as pa

from touchstone.core.ask import Ask
from touchstone.core.page import Heard, Verbatim, Words
from touchstone.show._narrow import Narrow

EACH = 3  # verbatims behind one figure
METRIC_OF = {"yes_share": "boolean"}  # a measure whose answers bear another name
FIELDS = "i.id, i.text, i.url, i.source, coalesce(u.name, i.unit) as unit, strftime(i.occurred_at, '%Y-%m-%d') as day"
JOINED = "left join unit u on u.id = i.unit"

Draws = dict[str, tuple[Verbatim, ...]]


def of_touchpoints(
    ask: Ask, chosen: Narrow, *, polarity: Sequence[str] = (), each: int = EACH, seed: int | None = None
) -> Draws:
    """For each touchpoint, a draw among the interactions that mention it; with `polarity`, among those that so do."""
    narrowing, values = chosen.sql("i", touchpoint="m.touchpoint")
    if polarity:
        narrowing += f" and m.polarity in ({', '.join('?' for _ in polarity)})"
        values += list(polarity)
    salt, looked = _salt(ask, seed), 8 * each
    while True:
        found = ask.lake(_mentioning(narrowing, looked, each), [salt, *values, salt, each])
        if not any(found["cut"].to_pylist()):
            return _gathered(found, touchpoint=True)
        looked *= 8  # one text mentions a touchpoint so often that too few others were looked at


def _mentioning(narrowing: str, looked: int, each: int) -> str:
    """SQL of a draw by touchpoint: of the `looked` mentions whose texts come first; `cut` where these are too few.

    The mentions of one text follow each other, so that all of a text are seen where another text comes behind it.
    """
    return f"""
        with drawn as (
            select m.touchpoint as key,
                arg_min({{'id': i.id, 'start': m.start, 'stop': m.stop}}, i.salted, {looked}) as seen
            from mention m join (select *, md5(id || ?) as salted from words) i on i.seq = m.seq
            where true{narrowing} group by m.touchpoint),
        looked as (select key, len(seen) = {looked} as filled, unnest(seen) as one from drawn),
        said as (
            select key, one.id as id, min(one.start) as start, min_by(one.stop, one.start) as stop,
                any_value(filled) as filled
            from looked group by key, one.id),
        placed as (
            select *, row_number() over (partition by key order by md5(id || ?), id) as place,
                filled and count(*) over (partition by key) <= {each} as cut from said)
        select p.key, p.place, p.cut, p.start, p.stop, {FIELDS}
        from placed p join words i on i.id = p.id {JOINED} where p.place <= ? order by p.key, p.place"""


def of_column(ask: Ask, column: str, chosen: Narrow, *, each: int = EACH, seed: int | None = None) -> Draws:
    """For each value of a column of `words` (unit, channel, …), a draw among its texts."""
    return _by(ask, f'i."{column}"', chosen, each, seed)


def of_periods(ask: Ask, every: str, chosen: Narrow, *, each: int = EACH) -> Draws:
    """For each month (2026-10) or quarter (2026-Q4), a draw among the texts of that time."""
    key = "strftime(i.occurred_at, '%Y-%m')"
    if every == "quarter":
        key = "strftime(i.occurred_at, '%Y') || '-Q' || cast(quarter(i.occurred_at) as varchar)"
    return _by(ask, key, chosen, each, None)


def _by(ask: Ask, key: str, chosen: Narrow, each: int, seed: int | None) -> Draws:
    """For each value of `key`, a draw among its texts."""
    narrowing, values = chosen.sql("i", touchpoint="i.touchpoint")
    sql = f"""
        with drawn as (
            select {key} as key, arg_min(i.id, md5(i.id || ?), {each}) as ids from words i
            where {key} is not null{narrowing} group by {key}),
        placed as (select key, unnest(ids) as id, generate_subscripts(ids, 1) as place from drawn)
        select p.key, p.place, 0 as start, 0 as stop, {FIELDS}
        from placed p join words i on i.id = p.id {JOINED} order by p.key, p.place"""
    return _gathered(ask.lake(sql, [_salt(ask, seed), *values]))


def drawn(
    ask: Ask, chosen: Narrow, *, title: str, draw: str = "", page: str = "", count: int = 6, **more: str
) -> Words:
    """A block of words: `count` texts at random among all that the filters leave; `draw` numbers another draw.

    `search` and `said` narrow further; these and whatever else is in `more` are kept in the address of another draw.
    """
    turn = int(draw) if draw.isascii() and draw.isdigit() and len(draw) < 6 else 0
    seed = ask.seed + turn
    source, narrowing, values = _source(chosen, more.get("search", ""), more.get("said", ""))
    total = ask.lake(f"select count(*) as n from {source} where true{narrowing}", values)["n"][0].as_py()
    span = "m.touchpoint, m.start, m.stop" if chosen.touchpoint else "'' as touchpoint, 0 as start, 0 as stop"
    sql = f"""select {span}, {FIELDS} from {source} {JOINED}
        where true{narrowing} order by md5(i.id || ?), i.id limit ?"""
    rows = ask.lake(sql, [*values, f"{seed} {page}", count]).to_pylist()
    heard = understood(ask, [row["id"] for row in rows])
    again = chosen.address(page, draw=turn + 1, **more) if page and total > count else ""
    quoted = (replace(_verbatim(row, row["touchpoint"]), heard=heard.get(row["id"], ())) for row in rows)
    return Words(title, tuple(quoted), total, seed, again)


def understood(ask: Ask, ids: Sequence[str]) -> dict[str, tuple[Heard, ...]]:
    """What each of these texts speaks of: touchpoint by touchpoint, in the order of the text."""
    sql = """select interaction, touchpoint, min(start) as start, max(confidence) as confidence,
            list(polarity order by start, id) as polarities, list(start order by start, id) as starts,
            list(stop order by start, id) as stops
        from mention where seq in (select i.seq from words i where i.id in (select unnest(?)))
        group by interaction, touchpoint order by interaction, start, touchpoint"""
    found: dict[str, list[Heard]] = {}
    for row in ask.lake(sql, [list(ids)]).to_pylist() if ids else ():
        spans = tuple(zip(row["starts"], row["stops"], strict=True))
        one = Heard(row["touchpoint"], "", together(row["polarities"]), row["confidence"], spans)
        found.setdefault(row["interaction"], []).append(one)
    return {id: tuple(each) for id, each in found.items()}


def together(polarities: Sequence[str]) -> str:
    """What several mentions of one touchpoint say together, as the lake counts them."""
    said = set(polarities)
    if "mixed" in said or {"positive", "negative"} <= said:
        return "mixed"
    return next((each for each in ("positive", "negative") if each in said), "neutral")


def complaints(ask: Ask, chosen: Narrow, touchpoint: str, *, draw: str = "", page: str = "") -> Words:
    """A block of complaints about one touchpoint, at random."""
    about = replace(chosen, touchpoint=touchpoint)
    made = drawn(ask, about, title=f"Complaints about {touchpoint}", draw=draw, page=page, count=3, said="negative")
    again = chosen.address(page, draw=made.seed - ask.seed + 1) if made.again else ""
    return replace(made, again=again)


def _source(chosen: Narrow, search: str, said: str) -> tuple[str, str, list[Any]]:
    """The rows to draw from: interactions, or one row per interaction that mentions the touchpoint chosen."""
    wanted = "polarity = ?" if said else "? = ''"
    mentions = f"""words i join (
        select seq, touchpoint, min(start) as start, min_by(stop, start) as stop
        from mention where {wanted} group by seq, touchpoint) m on m.seq = i.seq"""
    narrowing, values = chosen.sql("i", touchpoint="m.touchpoint")
    if chosen.touchpoint:
        values.insert(0, said)
    elif said:
        narrowing += " and exists (select 1 from mention m where m.seq = i.seq and m.polarity = ?)"
        values.append(said)
    for word in search.split()[:8]:
        narrowing += " and lower(i.text) like ? escape '!'"
        values.append("%" + word.lower().replace("!", "!!").replace("%", "!%").replace("_", "!_") + "%")
    return (mentions if chosen.touchpoint else "words i"), narrowing, values


def _gathered(rows: pa.Table, *, touchpoint: bool = False) -> Draws:
    found: dict[str, list[Verbatim]] = {}
    for row in rows.to_pylist():
        found.setdefault(row["key"], []).append(_verbatim(row, row["key"] if touchpoint else ""))
    return {key: tuple(each) for key, each in found.items()}


def _verbatim(row: dict[str, Any], touchpoint: str) -> Verbatim:
    return Verbatim(
        id=row["id"], text=row["text"], touchpoint=touchpoint, occurred_at=row["day"] or "", url=row["url"] or "",
        source=row["source"] or "", unit=row["unit"] or "", start=row["start"] or 0, stop=row["stop"] or 0,
    )  # fmt: skip


def _salt(ask: Ask, seed: int | None) -> str:
    return str(ask.seed if seed is None else seed)


def of_metric(ask: Ask, name: str, chosen: Narrow, *, each: int = EACH) -> tuple[Verbatim, ...]:
    """A draw among the texts of those who gave a score of this kind; among all texts for sentiment and volume."""
    narrowing, values = chosen.sql("i", touchpoint="i.touchpoint")
    if name not in ("sentiment", "volume"):
        narrowing += " and i.metric = ? and i.value is not null"
        values.append(METRIC_OF.get(name, name))
    sql = f"""select 0 as start, 0 as stop, {FIELDS} from words i {JOINED}
        where true{narrowing} order by md5(i.id || ?), i.id limit ?"""
    return tuple(_verbatim(row, "") for row in ask.lake(sql, [*values, _salt(ask, None), each]).to_pylist())

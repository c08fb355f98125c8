"""The tables everything flows through, as Arrow schemas: one word for one thing.

`INTERACTION` is precious and kept in the record; what may be rebuilt (`MENTION` to `PLAN`) lives in the lake.
Instants are UTC with microseconds; shares 0 to 1; a score never travels without its scale.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa

INSTANT = pa.timestamp("us", tz="UTC")
TEXT, NUMBER, COUNT = pa.string(), pa.float64(), pa.int64()
NAMES = pa.list_(pa.string())

KINDS = (
    "review", "answer", "message", "turn", "post", "idea",
    "impression", "visit", "purchase", "redemption", "referral", "offer", "claim", "event",
)  # fmt: skip
SPOKEN = ("turn", "message", "post")
"""What an employee says for the brand; an employee's own review, answer or idea is his own."""
LEVELS = ("prospect", "end_customer", "dealer", "distributor", "agency", "vendor", "department", "employee")
INCENTIVES = ("none", "disclosed", "unknown")
METRICS = ("nps", "csat", "ces", "rating", "number", "boolean")
"""What a score was asked as; `value` lies between `worst` and `best` (which may be the smaller of the two)."""

INTERACTION = pa.schema(
    [
        pa.field("seq", COUNT),  # order of arrival, given by the record
        pa.field("id", TEXT),  # 32 hexadecimal digits of SHA-256 over source and source_id
        pa.field("source", TEXT),
        pa.field("source_id", TEXT),
        pa.field("kind", TEXT),
        pa.field("channel", TEXT),
        pa.field("occurred_at", INSTANT),
        pa.field("received_at", INSTANT),
        pa.field("person", TEXT),
        pa.field("level", TEXT),
        pa.field("unit", TEXT),
        pa.field("product", TEXT),
        pa.field("touchpoint", TEXT),
        pa.field("thread", TEXT),
        pa.field("reply_to", TEXT),
        pa.field("text", TEXT),
        pa.field("language", TEXT),
        pa.field("metric", TEXT),
        pa.field("value", NUMBER),
        pa.field("best", NUMBER),
        pa.field("worst", NUMBER),
        pa.field("amount", NUMBER),
        pa.field("currency", TEXT),
        pa.field("incentive", TEXT),
        pa.field("campaign", TEXT),
        pa.field("url", TEXT),
        pa.field("attributes", TEXT),  # a JSON object
    ]
)
ARRIVING = pa.schema([field for field in INTERACTION if field.name not in ("seq", "id", "received_at")])
"""What a source yields; the record adds `seq`, `id` and `received_at`. Columns left out are null."""

UNIT = pa.schema([(name, TEXT) for name in ("id", "name", "kind", "parent", "region", "grade", "organisation")])
CUSTOMER = pa.schema([("person", TEXT), ("customer", TEXT), ("kept", pa.bool_())])  # persons who are one with others
ONE = """(select own.person, main.person as called from customer as own
    join customer as main on main.customer = own.customer and main.kept)"""
"""SQL: persons who are one with others, and the person all of them are called by: they count as one."""
PERSON = pa.schema([(name, TEXT) for name in ("id", "name", "level", "contacts", "consents")])  # last two: JSON
KNOWN = pa.schema([*PERSON, pa.field("version", COUNT)])
"""Persons as parts read them, with the version of the home with which each came or last changed."""

MENTION = pa.schema(
    [
        pa.field("id", TEXT),
        pa.field("interaction", TEXT),
        pa.field("touchpoint", TEXT),
        pa.field("component", TEXT),
        pa.field("sentiment", NUMBER),  # -1 to 1
        pa.field("polarity", TEXT),  # positive, negative, neutral, mixed
        pa.field("confidence", NUMBER),  # 0 to 1
        pa.field("start", COUNT),  # characters into the text as given; stop is exclusive
        pa.field("stop", COUNT),
        pa.field("maker", TEXT),
    ]
)
SIGNAL = pa.schema(
    [
        pa.field("id", TEXT),
        pa.field("interaction", TEXT),
        pa.field("layer", TEXT),  # kind, language, promotion, …
        pa.field("label", TEXT),
        pa.field("score", NUMBER),  # .5 is the decision point
        pa.field("probability", NUMBER),
        pa.field("maker", TEXT),
    ]
)
LINK = pa.schema(
    [
        pa.field("id", TEXT),
        pa.field("layer", TEXT),
        pa.field("left", TEXT),
        pa.field("right", TEXT),
        pa.field("probability", NUMBER),
        pa.field("reason", TEXT),
        pa.field("about", NAMES),
        pa.field("maker", TEXT),
    ]
)
METRIC = pa.schema(
    [
        pa.field("id", TEXT),
        pa.field("name", TEXT),
        pa.field("by", pa.map_(TEXT, TEXT)),
        pa.field("value", NUMBER),
        pa.field("low", NUMBER),
        pa.field("high", NUMBER),
        pa.field("n", COUNT),
        pa.field("measured_in", TEXT),
        pa.field("detail", TEXT),  # a JSON object
        pa.field("maker", TEXT),
        pa.field("about", NAMES),  # units the figure is about; empty: the whole brand
        pa.field("rests_on", NAMES),  # units it rests on; empty: the whole brand
    ]
)
PLAN = METRIC
"""A plan row reads as a metric row: `by` is what is chosen, `value` what it should bring, with its doubt."""
CORRECTION = pa.schema(
    [
        pa.field("id", TEXT),
        pa.field("table", TEXT),  # mention, signal, link, theme; reading, example: what a person read in a whole text
        pa.field("interaction", TEXT),
        pa.field("change", TEXT),  # a JSON object: what the row should say; null fields delete it
        pa.field("person", TEXT),
        pa.field("made_at", INSTANT),
    ]
)


ENCLOSED = pa.schema(
    [
        pa.field("source", TEXT),  # of the interaction it came with
        pa.field("source_id", TEXT),
        pa.field("thread", TEXT),
        pa.field("unit", TEXT),
        pa.field("person", TEXT),
        pa.field("occurred_at", INSTANT),
        pa.field("name", TEXT),
        pa.field("content", pa.binary()),
    ]
)
"""A file that came with an interaction, as its sender calls it; whether it is taken, the store looks."""
RETURNED = pa.schema(
    [
        pa.field("id", TEXT),  # Message-ID of what a program wrote
        pa.field("what", TEXT),  # failed, delayed, delivered, automatic
        pa.field("text", TEXT),
        pa.field("about", NAMES),  # Message-IDs of mails of ours it may be about, the likeliest first
        pa.field("occurred_at", INSTANT),
    ]
)
"""What programs wrote of mail that we sent: no customer's words."""


def ours(of: str = "") -> str:
    """SQL: whether the brand itself speaks, in a claim or by an employee; `of` stands before columns, such as `i.`.

    The brand's own words are nobody's experience: they are not understood, and not shown as what customers say.
    """
    spoken = ", ".join(f"'{each}'" for each in SPOKEN)
    return (
        f"(coalesce({of}kind, '') = 'claim' or "
        f"(coalesce({of}level, '') = 'employee' and coalesce({of}kind, '') in ({spoken})))"
    )


def told(of: str = "") -> str:
    """SQL: whether an interaction says anything in words, and it is not the brand itself that speaks."""
    return f"{of}text is not null and {of}text <> '' and not {ours(of)}"


INVITATION = pa.schema(
    [pa.field("person", TEXT), pa.field("survey", TEXT), pa.field("unit", TEXT), pa.field("sent_at", INSTANT)]
)
CONTACTS = """select person, occurred_at as contacted_at from interaction
    where kind = 'offer' or (kind = 'answer' and coalesce(source, '') <> 'survey')
    union all select person, sent_at as contacted_at from invitation"""
"""SQL, for the lake and the record alike: when people were asked or written to. An offer is a contact, and so is an
invitation to a survey of ours; a survey of another's they answered, for somebody asked them.
"""

INITIATIVE = pa.schema(
    [
        pa.field("id", TEXT),
        pa.field("name", TEXT),
        pa.field("touchpoint", TEXT),
        pa.field("level", COUNT),  # of effort, from 1; at most one level is taken per unit and touchpoint
        pa.field("unit", TEXT),  # null: every unit where customers buy
        pa.field("fixed_cost", NUMBER),  # at each unit, before anything is done
        pa.field("cost_share", NUMBER),  # of the unit's sales in a year
        pa.field("cost_per_customer", NUMBER),
        pa.field(
            "lift", NUMBER
        ),  # of the touchpoint's rating, in points of the scale `worst` to `best`; null: not known
        pa.field("lift_low", NUMBER),  # 95 % limits
        pa.field("lift_high", NUMBER),
        pa.field("worst", NUMBER),
        pa.field("best", NUMBER),
        pa.field("spills_to", TEXT),  # a touchpoint that is lifted as well
        pa.field("spill", NUMBER),  # by this share of the lift
        pa.field("customers_share", NUMBER),  # of a unit's customers who meet the touchpoint; null: all
        pa.field("partner_share", NUMBER),  # of the cost that the unit bears; null: by who owns the touchpoint
        pa.field("all_or_nothing", TEXT),  # initiatives of one name are taken together, or not at all
        pa.field("locked", COUNT),  # 1 must be taken, 0 must not
        pa.field("quarter", TEXT),  # when it would be paid
        pa.field("stated_at", INSTANT),
        pa.field("withdrawn_at", INSTANT),  # null: it stands
    ]
)
"""Something that can be done for a touchpoint, as people state it. Precious."""
PLANNING = pa.schema([pa.field("id", TEXT), pa.field("value", NUMBER)])
"""What plans are made with: the budget, margins and so on, by name, where somebody chose it. Precious."""
CORRECTED = pa.schema([pa.field("seq", COUNT), *CORRECTION, pa.field("name", TEXT)])
"""Corrections as pages read them, in order of arrival, with the name of the account that made each."""
DERIVED = {"mention": MENTION, "signal": SIGNAL, "link": LINK, "metric": METRIC, "plan": PLAN}


def conform(rows: Any, schema: pa.Schema) -> pa.Table:
    """`rows` (table, batch, or list of dicts) as a table of `schema`: columns left out are null, others refused."""
    if isinstance(rows, list):
        return pa.Table.from_pylist(rows, schema=schema)
    table = pa.table(rows) if not isinstance(rows, pa.RecordBatch) else pa.Table.from_batches([rows])
    stray = set(table.column_names) - set(schema.names)
    if stray:
        raise ValueError(f"unknown columns {sorted(stray)}; known are {schema.names}")
    columns = [
        table[field.name].cast(field.type) if field.name in table.column_names else pa.nulls(len(table), field.type)
        for field in schema
    ]
    return pa.Table.from_arrays(columns, schema=schema)

"""The example brand in miniature, understood and connected: the world that measures of behaviour are put to."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tests._figures import NOW, TAXONOMY
from touchstone.core import finder
from touchstone.core.tables import INTERACTION, MENTION, SIGNAL, SPOKEN, UNIT, conform
from touchstone.language.model import load
from touchstone.listen.example import listen
from touchstone.store.scratch import Scratch, scratch
from touchstone.understand import _pass

INTERACTIONS, DEALERS, CUSTOMERS = 3_000, 12, 600


@cache
def tables() -> dict[str, pa.Table]:
    """`interaction`, `unit`, `mention` and `signal` of the brand; ids stand on the source's own."""
    units, batches = [], []
    for each in listen(interactions=INTERACTIONS, dealers=DEALERS, customers=CUSTOMERS):
        if isinstance(each, pa.RecordBatch):
            batches.append(each)
        elif each[0] == "unit":
            units.append(each[1])
    heard = conform(pa.Table.from_batches(batches), INTERACTION)
    ids = pc.binary_join_element_wise(heard["source"], heard["source_id"], "/")
    heard = heard.set_column(INTERACTION.get_field_index("id"), "id", ids)
    made = _understood(heard)
    known = {"interaction": heard, "unit": conform(pa.concat_tables(units), UNIT), **made}
    connected = [each for each in finder.verb("connect", "promotion")(_asked(known)) if each.schema.equals(SIGNAL)]
    return {**known, "signal": pa.concat_tables([made["signal"], *connected])}


def ask(*, shuffled: int | None = None) -> Scratch:
    """A question to the brand; its rows in another order where `shuffled` gives a seed."""
    known = tables()
    if shuffled is not None:
        chance = np.random.default_rng(shuffled)
        known = {name: table.take(pa.array(chance.permutation(len(table)))) for name, table in known.items()}
    return _asked(known)


def _asked(known: dict[str, pa.Table]) -> Scratch:
    return scratch(
        known["interaction"], mentions=known["mention"], units=known["unit"], taxonomy=TAXONOMY,
        derived={"signal": known["signal"]}, now=NOW,
    )  # fmt: skip


def _understood(heard: pa.Table) -> dict[str, Any]:
    own = pc.and_(pc.equal(heard["level"], "employee"), pc.is_in(heard["kind"], value_set=pa.array(SPOKEN)))
    own = pc.or_(pc.fill_null(own, False), pc.equal(heard["kind"], "claim"))  # as a home passes over what is `ours`
    read = _pass.read(heard.filter(pc.invert(own)), load().compile(TAXONOMY))
    made = [finder.verb("understand", name)(read) for name in finder.names("understand")]
    return {
        name: pa.concat_tables([each for each in made if each.schema.equals(schema)])
        for name, schema in (("mention", MENTION), ("signal", SIGNAL))
    }

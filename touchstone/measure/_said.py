"""What customers and the brand say in words, text by text or touchpoint by touchpoint, from a home or a file."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from touchstone.core.ask import Ask
from touchstone.core.errors import Refused
from touchstone.core.fields import required
from touchstone.core.tables import TEXT
from touchstone.language.terms import Terms
from touchstone.measure._answers import Question
from touchstone.measure._drawn import drawn
from touchstone.science.words import together

Chosen = NDArray[np.bool_]
Floats = NDArray[np.float64]
SIDES = ("customers", "brand")
VOICES = {
    "written": """(act = 'claim' AND coalesce(speaker, '') <> 'vendor')
        OR (speaker = 'employee' AND coalesce(act, '') <> 'turn')""",
    "claims": "act = 'claim' AND coalesce(speaker, '') <> 'vendor'",
    "agents": "speaker = 'employee'",
    "all": "(act = 'claim' AND coalesce(speaker, '') <> 'vendor') OR speaker = 'employee'",
}
_CUSTOMERS = "coalesce(act, '') <> 'claim' AND coalesce(speaker, '') <> 'employee'"


@dataclass(frozen=True)
class Said:
    """Texts of both sides: `brand` tells which are the brand's; of those `keys` holds the touchpoint alone.

    By touchpoint a text is what it says of one.
    """

    texts: pa.Array
    shown: list[str]  # what examples are shown as: ids, or texts of a file
    brand: Chosen
    keys: pa.Table  # the by columns
    person: NDArray[np.int64]  # who says each text, by number; a claim stands for itself
    apart: frozenset[str] = frozenset()  # names of ours
    sampled: bool = False
    _known: dict[int, tuple[Chosen, Floats, Floats]] = field(default_factory=dict)

    def groups(self) -> list[tuple[dict[str, str], dict[str, Chosen]]]:
        """Each group's by columns, and which texts are of each side: of the brand all, or those of its touchpoint."""
        names = self.keys.column_names
        if not names:
            return [({}, {"customers": ~self.brand, "brand": self.brand})]
        told = list(zip(*(self.keys[name].cast(TEXT).to_pylist() for name in names), strict=True))
        groups = sorted({each for each, ours in zip(told, self.brand, strict=True) if not ours and None not in each})
        place = {each: number for number, each in enumerate(groups)}
        code = np.array([place.get(each, -1) for each in told], np.int64)
        code[self.brand] = -1
        keyed = [dict(zip(names, each, strict=True)) for each in groups]
        about = np.array(self.keys["touchpoint"].to_pylist(), object) if "touchpoint" in names else None
        ours: dict[str | None, Chosen] = {each.get("touchpoint"): self.brand for each in keyed}
        if about is not None:
            ours = {each: self.brand & (about == each) for each in ours}
        sides = ({"customers": code == at, "brand": ours[each.get("touchpoint")]} for at, each in enumerate(keyed))
        return list(zip(keyed, sides, strict=True))

    def counted(self, found: Terms, chosen: Chosen) -> tuple[Floats, Floats]:
        """In how many of these texts each term stands, and how many such texts are worth a person's one.

        Of a side that many groups are held against it is counted once.
        """
        if id(chosen) not in self._known:
            counts = found.counts(chosen)
            self._known[id(chosen)] = chosen, counts, together(counts, found.squares(chosen, self.person))
        return self._known[id(chosen)][1:]


def heard(ask: Ask, question: Question, voice: str, *, sample: int) -> Said:
    """What both sides say in a home, at most `sample` texts each, drawn by their ids."""
    plain = Question((), None, question.since, question.until)
    named = "touchpoint" in question.by
    asked = replace(question, by=tuple(each for each in question.by if each != "touchpoint"))
    sides = {"customers": _CUSTOMERS, "brand": VOICES[voice]}
    if asked == plain:  # both sides are then among the same texts, which are read once
        both, sampled = drawn(ask, plain, sides, sample, named=named)
        customers, brand = (both.filter(pc.equal(both["side"], each)) for each in sides)
    else:
        asked_of = zip((asked, plain), sides.items(), strict=True)
        parts = [drawn(ask, each, dict([side]), sample, named=named) for each, side in asked_of]
        customers, brand = (part for part, _ in parts)
        sampled = any(more for _, more in parts)
    names = ask.lake("SELECT name FROM unit WHERE name IS NOT NULL ORDER BY name")["name"].to_pylist()
    products = ask.lake("SELECT product FROM rollup WHERE product IS NOT NULL GROUP BY product ORDER BY product")
    both = pa.concat_tables([customers, brand], promote_options="default")
    return Said(
        both["said"].cast(TEXT).combine_chunks(),
        both["id"].to_pylist(),
        np.repeat([False, True], (len(customers), len(brand))),
        both.select(list(question.by)),
        _numbered(both["who"].to_pylist()),
        frozenset({*names, *products["product"].to_pylist()}),
        sampled,
    )


def filed(table: pa.Table, question: Question) -> Said:
    """What both sides say in a file: `side`, or else `level`, tells them apart."""
    required(table, *question.by)
    if "side" not in table.column_names and "level" not in table.column_names:
        raise Refused("no column tells brand and customers apart.", field="side", where="the file",
                      todo="Say which with --map side=COLUMN (brand, customers) or --map level=COLUMN.")  # fmt: skip
    table = table.filter(pc.fill_null(pc.not_equal(table["text"].cast(TEXT), ""), False))
    order = [(name, "ascending") for name in ("text", "person") if name in table.column_names]
    table = table.take(pc.sort_indices(table, order))
    name, own = ("side", "brand") if "side" in table.column_names else ("level", "employee")
    brand = pc.fill_null(pc.equal(pc.utf8_lower(table[name].cast(TEXT)), own), False).to_numpy(zero_copy_only=False)
    sides = np.argsort(brand, kind="stable")  # customers first, as in a home
    table, brand = table.take(pa.array(sides)), brand[sides]
    texts = table["text"].cast(TEXT).combine_chunks()
    told = table["person"].to_pylist() if "person" in table.column_names else [None] * len(table)
    person = _numbered([f"row {place}" if each is None else f"person {each}" for place, each in enumerate(told)])
    return Said(texts, texts.to_pylist(), brand, table.select(list(question.by)), person)


def _numbered(people: list[str]) -> NDArray[np.int64]:
    """The same number for the same person."""
    return np.unique(np.array(people, object).astype(str), return_inverse=True)[1].astype(np.int64)

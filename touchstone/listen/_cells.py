"""Cells of a column to the values of a field, each different cell read once."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from touchstone.core.errors import Refused
from touchstone.core.tables import INCENTIVES, KINDS, LEVELS, METRICS, NUMBER
from touchstone.listen import _scores
from touchstone.listen._columns import Column
from touchstone.listen._ladders import MISSING

CONSTANTS = ("channel", "product", "language", "campaign", "currency", "incentive", "level", "touchpoint", "person")
"""Fields that `set` may give one value for the whole file."""
LANGUAGES = {
    "english": "en", "anglais": "en", "englisch": "en", "ingles": "en", "french": "fr", "francais": "fr",
    "franzosisch": "fr", "frances": "fr", "german": "de", "allemand": "de", "deutsch": "de", "aleman": "de",
    "spanish": "es", "espagnol": "es", "spanisch": "es", "espanol": "es", "italian": "it", "portuguese": "pt",
    "dutch": "nl", "arabic": "ar", "arabe": "ar", "chinese": "zh", "japanese": "ja", "russian": "ru", "turkish": "tr",
}  # fmt: skip


def mapped(cells: pa.Array, change: Callable[[str], str | None]) -> pa.Array:
    """Every cell changed; each different one is looked at once."""
    coded = cells.dictionary_encode()
    values = pa.array(
        [change(cell) if cell is not None else None for cell in coded.dictionary.to_pylist()], pa.string()
    )
    return values.take(coded.indices) if len(values) else pa.nulls(len(cells), pa.string())


def trimmed(cells: pa.Array) -> pa.Array:
    """Cells without blanks around them; null where nothing or "n/a" and the like is left."""
    bare = pc.utf8_trim_whitespace(cells)
    none = pc.is_in(pc.utf8_lower(bare), pa.array(["", *MISSING]))
    return pc.if_else(none, None, bare)


def text(cells: pa.Array | None, titles: pa.Array | None) -> pa.Array | None:
    """The words as given, the title before them on a line of its own; null where there is nothing but blanks."""
    if cells is None:
        return None
    bare = _not_blank(cells)
    if titles is None:
        return bare
    heads = pc.utf8_trim_whitespace(_not_blank(titles))
    start = pc.utf8_slice_codeunits(pc.utf8_ltrim_whitespace(pc.utf8_slice_codeunits(bare, 0, 60)), 0, 40)
    repeated = pc.fill_null(pc.equal(start, pc.utf8_slice_codeunits(heads, 0, 40)), False)
    heads = pc.if_else(repeated, None, heads)
    return pc.coalesce(pc.binary_join_element_wise(heads, bare, "\n"), bare, heads)


def _not_blank(cells: pa.Array) -> pa.Array:
    return pc.if_else(pc.or_(pc.utf8_is_space(cells), pc.equal(cells, "")), None, cells)


def numbers(cells: pa.Array) -> pa.Array:
    """Numbers, a currency sign and separators of thousands aside; null where there is none."""
    try:
        return cells.cast(NUMBER)
    except pa.ArrowInvalid:
        coded = cells.dictionary_encode()
        values = pa.array([_amount(cell) for cell in coded.dictionary.to_pylist()], NUMBER)
        return values.take(coded.indices) if len(values) else pa.nulls(len(cells), NUMBER)


def _amount(cell: str | None) -> float | None:
    bare = re.sub(r"[^\d.,+-]", "", cell or "")
    if re.search(r",\d{1,2}$", bare):
        bare = bare.replace(".", "").replace(",", ".")
    try:
        return float(bare.replace(",", ""))
    except ValueError:
        return None


def score(
    cells: pa.Array, column: Column, values: Mapping[str, float | None], *, own: Mapping[str, pa.Array | None]
) -> tuple[dict[str, Any], pa.Array]:
    """Values with their metric and scale (the row's `own` where the table gives one), and which cells are none."""
    coded = cells.dictionary_encode()
    each = coded.dictionary.to_pylist()
    read = pa.array([values.get(cell) if cell is not None else None for cell in each], NUMBER)
    left_out = () if column.not_applicable is None else (column.not_applicable,)
    none = pa.array(
        [cell is None or _scores.missing(cell) or values.get(cell) in left_out for cell in each], pa.bool_()
    )
    value, missing = (read.take(coded.indices), none.take(coded.indices)) if len(each) else (
        pa.nulls(len(cells), NUMBER), pa.array([True] * len(cells)))  # fmt: skip
    missing = pc.fill_null(missing, True)
    scale = column.scale or _scores.Scale("rating", float("-inf"), float("inf"))
    worst, best = _own(own.get("worst"), scale.worst, len(cells)), _own(own.get("best"), scale.best, len(cells))
    inside = pc.and_(
        pc.greater_equal(value, pc.min_element_wise(worst, best)),
        pc.less_equal(value, pc.max_element_wise(worst, best)),
    )
    good = pc.and_(pc.invert(missing), pc.fill_null(inside, False))
    asked = (
        pc.coalesce(own["metric"], pa.scalar(scale.metric))
        if own.get("metric") is not None
        else pa.array([scale.metric] * len(cells))
    )
    found = {"value": value, "worst": worst, "best": best, "metric": asked}
    found = {name: pc.if_else(good, array, None) for name, array in found.items()}
    return found, pc.and_(pc.invert(missing), pc.invert(good))


def _own(cells: pa.Array | None, other: float, size: int) -> pa.Array:
    constant = pa.array([other] * size, NUMBER)
    return constant if cells is None else pc.coalesce(numbers(cells), constant)


def language(cell: str) -> str | None:
    """A language's code of two or three letters from its code, locale or name."""
    word = _scores.plain(cell.replace("__label__", ""))
    if word in LANGUAGES:
        return LANGUAGES[word]
    code = re.match(r"([a-z]{2,3})(?:[ -].*)?$", word)
    return code[1] if code else None


def yes(cell: str) -> bool:
    """Whether a cell says yes, in one of four languages."""
    return _scores.plain(cell) in ("yes", "y", "true", "t", "1", "oui", "ja", "si", "vrai", "wahr", "verdadero", "x")


def incentive(cell: str) -> str | None:
    """none, disclosed or unknown from those words or from yes and no."""
    word = _scores.plain(cell)
    if word in INCENTIVES:
        return word
    if yes(cell):
        return "disclosed"
    return "none" if word in ("no", "n", "false", "f", "0", "non", "nein", "faux", "falsch", "falso") else "unknown"


def one_of(known: Sequence[str]) -> Callable[[str], str | None]:
    """A reader of cells that must be one of these words."""
    return lambda cell: word if (word := _scores.plain(cell).replace(" ", "_").replace("-", "_")) in known else None


def told(value: str, name: str) -> str:
    """A value `set` gives for the whole file. Raises `Refused` where the field has its own words and this is none."""
    allowed = {"level": LEVELS, "incentive": INCENTIVES, "kind": KINDS, "metric": METRICS}.get(name)
    if allowed and value not in allowed:
        raise Refused(f"{name} cannot be {value!r}.", field="set", todo=f"It is one of: {', '.join(allowed)}.")
    return value

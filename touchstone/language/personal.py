"""Personal data within texts: e-mail, telephone, card, IBAN, number plate, address, a known name; found, and masked.

Texts in which nothing of the kind can stand are passed over by Arrow's regular expressions; the few left are looked at
one by one. A mask has as many characters as what it hides, so that spans into the text stay where they were.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from touchstone.language import _personal as forms

MASK = "•"
Span = tuple[str, int, int]
KINDS = ("email", "iban", "card", "plate", "address", "phone", "name")
FOUND = pa.schema([("place", pa.int64()), ("kind", pa.string()), ("start", pa.int64()), ("stop", pa.int64())])
"""What is found: the place of its text, and its span in characters; spans of a text do not overlap."""


def found(texts: Any, names: Any = None) -> pa.Table:
    """Every span of personal data in `texts`, an Arrow array of strings, as FOUND; in order.

    `names` gives for each text the name its writer is known by, or null.
    """
    rows = [(place, *each) for place, _, spans in _looked_at(texts, names) for each in spans]
    columns = zip(*rows, strict=True) if rows else [[]] * len(FOUND)
    arrays = [pa.array(each, kind.type) for each, kind in zip(columns, FOUND, strict=True)]
    return pa.Table.from_arrays(arrays, schema=FOUND)


def masked(texts: Any, names: Any = None) -> pa.ChunkedArray:
    """`texts` with every character of personal data as •, as long as they were; the same array where there is none."""
    whole = texts if isinstance(texts, pa.ChunkedArray) else pa.chunked_array([texts])
    hidden = {place: _hidden(text, spans) for place, text, spans in _looked_at(whole, names) if spans}
    if not hidden:
        return whole
    one = pa.concat_arrays([each.cast(pa.string()) for each in whole.chunks])
    touched = np.zeros(len(one), bool)
    touched[list(hidden)] = True
    return pa.chunked_array(
        [pc.replace_with_mask(one, pa.array(touched), pa.array(list(hidden.values()), pa.string()))]
    )


def mask(text: str, *, name: str | None = None) -> str:
    """One text with its personal data hidden."""
    return _hidden(text, spans(text, name=name))


def spans(text: str, *, name: str | None = None, kinds: Collection[str] = KINDS) -> list[Span]:
    """(kind, start, stop) of all personal data in one text, in order; what is found first in KINDS has its place."""
    taken: list[Span] = []
    for kind in KINDS:
        if kind in kinds:
            for start, stop in _FINDERS[kind](text) if kind != "name" else _names(text, name):
                if all(stop <= low or start >= high for _, low, high in taken):
                    taken.append((kind, start, stop))
    return sorted(taken, key=lambda each: each[1])


def _hidden(text: str, spans: list[Span]) -> str:
    for _, start, stop in spans:
        text = text[:start] + MASK * (stop - start) + text[stop:]
    return text


def _looked_at(texts: Any, names: Any) -> Iterator[tuple[int, str, list[Span]]]:
    """The texts in which something may stand, with their places and what stands there."""
    may = pc.fill_null(pc.match_substring_regex(texts, forms.ANY), False)
    known: dict[int, str] = {}
    if names is not None:
        named = pc.and_(pc.is_valid(names), pc.is_valid(texts))
        places = pc.indices_nonzero(named)
        known = dict(zip(places.to_pylist(), pc.take(names, places).to_pylist(), strict=True))
        may = pc.or_(may, named)
    places = pc.indices_nonzero(may)
    some = pc.take(texts, places)
    kinds: dict[int, set[str]] = {place: {"name"} for place, at in enumerate(places.to_pylist()) if at in known}
    for kind, form in forms.MAY.items():
        for place in pc.indices_nonzero(pc.match_substring_regex(some, form)).to_pylist():
            kinds.setdefault(place, set()).add(kind)
    order = sorted(kinds)
    chosen = pc.take(some, pa.array(order, pa.int64())).to_pylist()
    for place, at, text in zip(order, pc.take(places, pa.array(order, pa.int64())).to_pylist(), chosen, strict=True):
        yield at, text, spans(text, name=known.get(at), kinds=kinds[place])


def _emails(text: str) -> Iterator[tuple[int, int]]:
    return (each.span() for each in forms.EMAIL.finditer(text))


def _ibans(text: str) -> Iterator[tuple[int, int]]:
    for each in forms.IBAN.finditer(text):
        length = forms.iban_length(each[0])
        if length:
            yield each.start(), each.start() + length


def _cards(text: str) -> Iterator[tuple[int, int]]:
    return (each.span() for each in forms.CARD.finditer(text) if forms.is_card(each[0]))


def _plates(text: str) -> Iterator[tuple[int, int]]:
    for each in forms.PLATE.finditer(text):
        yield each.span()
    for each in forms.PLATE_NAMED.finditer(text):
        if any(letter.isdigit() for letter in each[1]) and any(letter.isalpha() for letter in each[1]):
            yield each.span(1)


def _addresses(text: str) -> Iterator[tuple[int, int]]:
    return (each.span() for form in forms.ADDRESSES for each in form.finditer(text))


def _phones(text: str) -> Iterator[tuple[int, int]]:
    for each in forms.PHONE.finditer(text):
        if forms.is_phone(each[0], before=text[max(0, each.start() - 30) : each.start()]):
            yield each.span()


def _names(text: str, name: str | None) -> Iterator[tuple[int, int]]:
    """The whole name in any case; parts of it as names are written, but for those that are everyday words too."""
    parts = (name or "").split()
    if len(parts) > 1:
        whole = r"\s+".join(map(re.escape, parts))
        yield from (each.span() for each in re.finditer(rf"(?<!\w){whole}(?!\w)", text, re.IGNORECASE))
    for part in parts:
        if len(part) >= 3 and part[0].isupper() and part.lower() not in forms.EVERYDAY:
            written = f"{re.escape(part)}|{re.escape(part.upper())}"
            yield from (each.span() for each in re.finditer(rf"(?<!\w)(?:{written})(?!\w)", text))


_FINDERS = {"email": _emails, "iban": _ibans, "card": _cards, "plate": _plates, "address": _addresses, "phone": _phones}

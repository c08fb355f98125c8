"""JSON lines and JSON arrays to tables of strings; what is broken is rejected line by line, object by object."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

import pyarrow as pa

from touchstone.core.errors import Skip
from touchstone.listen._csv import BATCH, ROW, Reject, _Held
from touchstone.listen._file import Opened

WHOLE = 1 << 30  # bytes of one JSON document read at once


def looks_like(head: str) -> str:
    """Whether a text that begins so is JSON "lines", one "document", or neither ("")."""
    head = head.lstrip()
    if head[:1] == "[":
        return "document"
    if head[:1] != "{":
        return ""
    line, _, others = head.partition("\n")
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return "lines" if re.search(r"\}\s*\n\s*\{", head) else "document"
    return "document" if not others.strip() and _longest_list(value) != [value] else "lines"


def read(opened: Opened, *, reject: Reject, document: bool) -> Iterator[pa.Table]:
    """Tables of strings with a hidden row number; nested objects give columns `a.b`, lists stay JSON."""
    yield from tables(objects(opened, reject=reject, document=document), reject)


def objects(opened: Opened, *, reject: Reject, document: bool) -> Iterator[tuple[int, Any]]:
    """The values of a JSON file with their numbers from 1."""
    opened.stream.seek(0)
    if document:
        yield from _document(opened, reject)
        return
    text = io.TextIOWrapper(io.BufferedReader(_Held(opened.stream)), encoding="utf-8", errors="replace")
    number = 0
    for line in text:
        if not line.strip():
            continue
        number += 1
        try:
            yield number, json.loads(line)
        except (ValueError, RecursionError) as error:
            reject({"row": number, "reason": f"not valid JSON ({_short(error)})", "record": {"line": line[:10_000]}})


def _short(error: Exception) -> str:
    return str(error)[:120]


def _document(opened: Opened, reject: Reject) -> Iterator[tuple[int, Any]]:
    data = opened.stream.read(WHOLE + 1)
    if len(data) > WHOLE:
        raise Skip("one JSON document of more than 1 GB.", where=opened.path.name, todo="Save it as JSON lines.")
    text = data.decode("utf-8", "replace")
    if text.lstrip()[:1] == "{":
        try:
            yield from enumerate(_longest_list(json.loads(text)), 1)
        except (ValueError, RecursionError) as error:
            raise Skip(f"not valid JSON ({_short(error)}).", where=opened.path.name, todo="Export it again.") from error
        return
    yield from _items(text, reject)


def _longest_list(value: Any) -> list[Any]:
    """The records of a document: its longest list of objects; the document itself where it has none."""
    lists = [each for each in (value.values() if isinstance(value, dict) else []) if isinstance(each, list)]
    lists = [each for each in lists if each and all(isinstance(item, dict) for item in each)]
    return max(lists, key=len, default=[value])


def _items(text: str, reject: Reject) -> Iterator[tuple[int, Any]]:
    """The items of an array one by one, so that one cut short still gives those before the cut."""
    decoder = json.JSONDecoder()
    place, number = text.index("[") + 1, 0
    while True:
        while place < len(text) and text[place] in " \t\r\n,":
            place += 1
        if place >= len(text) or text[place] == "]":
            if place >= len(text):
                reject({"row": number + 1, "reason": "the file is cut short", "record": {}})
            return
        number += 1
        try:
            value, place = decoder.raw_decode(text, place)
            yield number, value
        except (ValueError, RecursionError) as error:
            reason = f"not valid JSON ({_short(error)}); what follows it cannot be read"
            reject({"row": number, "reason": reason, "record": {"line": text[place : place + 1_000]}})
            return


def tables(values: Iterable[tuple[int, Any]], reject: Reject) -> Iterator[pa.Table]:
    """Numbered JSON objects as tables of strings with a hidden row number."""
    rows: list[dict[str, str | None]] = []
    numbers: list[int] = []
    for number, value in values:
        if not isinstance(value, dict):
            record = {"value": json.dumps(value)[:10_000]}
            reject({"row": number, "reason": "not an object with named fields", "record": record})
            continue
        rows.append(flat(value))
        numbers.append(number)
        if len(rows) == BATCH:
            yield _table(rows, numbers)
            rows, numbers = [], []
    if rows:
        yield _table(rows, numbers)


def _table(rows: list[dict[str, str | None]], numbers: list[int]) -> pa.Table:
    names = dict.fromkeys(name for row in rows for name in row)
    columns = {name: pa.array([row.get(name) for row in rows], pa.string()) for name in names if name != ROW}
    return pa.table(columns | {ROW: pa.array(numbers, pa.int64())})


def flat(value: dict[str, Any], above: str = "", depth: int = 0) -> dict[str, str | None]:
    """An object's fields as strings; those of objects within it are named `outer.inner`."""
    found: dict[str, str | None] = {}
    for name, each in value.items():
        if isinstance(each, dict) and each and depth < 3:
            found.update(flat(each, f"{above}{name}.", depth + 1))
        else:
            found[clean(above + name)] = _string(each)
    return found


def _string(value: Any) -> str | None:
    if value is None or value == "":
        return None
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, bool):
        return str(value).lower()
    return clean(json.dumps(value, ensure_ascii=False))


def cleaned(value: Any) -> Any:
    """A JSON value whose strings a table can hold."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {clean(name): cleaned(each) for name, each in value.items()}
    return [cleaned(each) for each in value] if isinstance(value, list) else value


def clean(text: str) -> str:
    """Text without NUL characters and lone halves of pairs, which no table can hold."""
    if "\0" in text:
        text = text.replace("\0", "")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text

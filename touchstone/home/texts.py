"""One-shot understanding and teaching over JSON lines."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from touchstone.core import taxonomy as taxonomies
from touchstone.core.errors import Skip, Stop


def tag_file(source: str, *, output: str, taxonomy: str | None, model: str | None) -> None:
    """One answer line for each input line, same id, same order; written whole or not at all."""
    from touchstone.language.model import load
    from touchstone.language.tagger import tag

    chosen = taxonomies.load(taxonomy) if taxonomy else None
    answers = tag(_lines(source), model=load(model), taxonomy=chosen)
    unfinished = Path(f"{output}.unfinished")
    with unfinished.open("w", encoding="utf-8") as out:
        for answer in answers:
            out.write(json.dumps(answer, ensure_ascii=False, allow_nan=False) + "\n")
    unfinished.replace(output)


def teach_file(source: str, *, output: str, taxonomy: str | None) -> None:
    """A model file learned from labelled examples; it carries its taxonomy."""
    from touchstone.language.teacher import teach

    chosen = taxonomies.load(taxonomy) if taxonomy else None
    teach(_lines(source), taxonomy=chosen).save(output)


def _lines(source: str) -> Iterator[dict[str, Any]]:
    path = Path(source)
    if not path.is_file():
        raise Stop("there is no such file.", where=source, todo="Check the path.")
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                yield _object(line, where=f"{source}, line {number}")


def _object(line: str, *, where: str) -> dict[str, Any]:
    try:
        made = json.loads(line)
    except json.JSONDecodeError as error:
        raise Skip(f"not JSON ({error.msg}).", where=where, todo="One JSON object per line.") from error
    if not isinstance(made, dict) or not isinstance(made.get("text"), str):
        raise Skip('no "text".', where=where, todo='Each line needs a "text".')
    return made

"""Give examples to teach from: texts and the touchpoint they speak of, typed in, pasted or in a file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

from touchstone.act import _examples
from touchstone.core.errors import Refused

WHO = ("insight",)


def act(
    store: Any,
    *,
    touchpoint: str | None = None,
    texts: str | None = None,
    polarity: Literal["", "positive", "negative", "neutral", "mixed"] = "",
    lines: str | None = None,
    file: str | Path | None = None,
) -> dict[str, int]:
    """{"examples": how many are kept anew}; the same one is kept once.

    `texts` speak of `touchpoint`, one a line, and with this `polarity` where one is given. `lines`, or those of a
    `file`, are JSON objects as `touchstone teach` takes them: text, and mentions, kinds or promotional. `Refused`: a
    line that is none, a touchpoint the taxonomy lacks.
    """
    given = [*_typed(touchpoint, texts or "", polarity), *_lines(lines or "", "lines")]
    if file:
        path = Path(file)
        if not path.is_file():
            raise Refused("there is no such file.", field="file", where=str(path), todo="Check the path.")
        given += _lines(path.read_text("utf-8"), "file")
    if not given:
        raise Refused("there is no example in this.", field="texts", todo="Write one text a line.")
    kept = _examples.keep(store, given)
    store.log("example", count=kept)
    return {"examples": kept}


def _typed(touchpoint: str | None, texts: str, polarity: str) -> Iterator[dict[str, Any]]:
    said = [" ".join(line.split()) for line in texts.splitlines() if line.strip()]
    if said and not touchpoint:
        raise Refused("of what do they speak?", field="touchpoint", todo="Name the touchpoint.")
    for text in said:
        mention = {"touchpoint": touchpoint} | ({"polarity": polarity} if polarity else {})
        yield {"text": text, "mentions": [mention]}


def _lines(text: str, field: str) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            example = json.loads(line)
        except ValueError as error:
            raise Refused(f"line {number} is not JSON.", field=field, todo="One object a line.") from error
        if not isinstance(example, dict) or not isinstance(example.get("text"), str) or not example["text"].strip():
            raise Refused(f"line {number} has no text.", field=field, todo='Each needs a "text".')
        yield {name: example[name] for name in ("text", "mentions", "kinds", "promotional") if name in example}

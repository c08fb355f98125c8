"""What people said of texts, as examples to teach from: readings, corrections, examples typed in. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any
from zlib import crc32

Row = dict[str, Any]

WHOLE = ("reading", "example")
"""Tables of corrections that say what a person read in a whole text, drawn at random or picked."""
LINES = ("mention", "signal")
YES = 0.5
SHORTEST, LONGEST = 15, 600  # characters of a text worth asking a person about


def standing(corrections: Iterable[Row]) -> list[Row]:
    """Corrections, in order, with `change` read; without those taken back."""
    rows = [{**row, "change": json.loads(row["change"] or "{}")} for row in corrections]
    undone = {row["change"].get("takes_back") for row in rows}
    return [row for row in rows if row["id"] not in undone and "takes_back" not in row["change"]]


def kept_apart(interaction: str) -> bool:
    """Whether a reading of this text measures how well a taught model reads, and so never teaches one: every second."""
    return crc32(interaction.encode()) % 2 == 0


def corrected(corrections: Sequence[Row]) -> list[str]:
    """The interactions of which a line was corrected, from `standing`: what they say now is an example."""
    return sorted({str(row["interaction"]) for row in corrections if row["table"] in LINES})


def examples(corrections: Sequence[Row], *, mentions: Iterable[Row], signals: Iterable[Row]) -> dict[str, Row]:
    """What each text says, by interaction (or by the correction's id, with its `text`, where it was typed in).

    `mentions` and `signals` are the rows of the `corrected` interactions as they stand: who changed one line of a text
    has read the others too. Of readings of the same text the later counts; those kept apart are left out.
    """
    found: dict[str, Row] = {}
    for row in corrections:
        about = row["interaction"]
        if row["table"] in WHOLE and not (row["table"] == "reading" and kept_apart(about)):
            found[about or row["id"]] = dict(row["change"])
    lines = set(corrected(corrections))
    found |= {about: {**found.get(about, {}), "mentions": []} for about in sorted(lines)}
    for row in mentions:
        if row["interaction"] in lines:
            said = {"touchpoint": row["touchpoint"], "polarity": row["polarity"]}
            found[row["interaction"]]["mentions"].append(said)
    layers = {(row["interaction"], row["change"]["layer"]) for row in corrections if row["table"] == "signal"}
    for about, layer in sorted(layers):
        if layer == "kind":
            found[about]["kinds"] = []
        elif layer == "promotion":
            found[about]["promotional"] = False
    for row in signals:
        if (row["interaction"], row["layer"]) in layers and row["score"] >= YES:
            if row["layer"] == "kind":
                found[row["interaction"]]["kinds"].append(row["label"])
            elif row["layer"] == "promotion":
                found[row["interaction"]]["promotional"] = True
    return found


def counted(found: Iterable[Row]) -> dict[str, int]:
    """How many examples speak of each touchpoint."""
    counts: dict[str, int] = {}
    for example in found:
        for name in {each["touchpoint"] for each in example.get("mentions") or ()}:
            counts[name] = counts.get(name, 0) + 1
    return counts

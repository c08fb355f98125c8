"""How frequent touchpoints without words are among a home's texts: learned from a sample, kept, part of the maker."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from zlib import crc32

from touchstone.act._sample import sample

ENOUGH, GROWN = 2_000, 4  # texts from which it stands; below, it is learned again from so many times as many


@dataclass(frozen=True)
class Calibration:
    """What was learned, from how many texts; no text is in it."""

    texts: int = 0
    shares: tuple[float, ...] = ()

    @property
    def version(self) -> str:
        """Changes with what is expected; empty where nothing is."""
        return f"{crc32(repr(self.shares).encode()):08x}" if self.shares else ""


def kept(store: Any, reader: str) -> Calibration:
    """The calibration of `reader` (a model with a taxonomy) in this home; an empty one where there is none."""
    held = json.loads(store.chosen(_name(reader)) or "{}")
    return Calibration(held.get("texts", 0), tuple(held.get("shares", ())))


def renew(store: Any, reader: str, compiled: Any) -> None:
    """Learns the calibration of `reader` where the home has none, or had too few texts to learn from and far more now.

    `compiled` is that reader before any calibration. A renewed one is another maker, which reads every text again.
    """
    known = kept(store, reader)
    if compiled.meaning is None or known.texts >= ENOUGH:
        return
    texts = sample(store.ask(), "text")["text"]
    if len(texts) >= max(1, GROWN * known.texts):
        store.choose(_name(reader), json.dumps({"texts": len(texts), "shares": compiled.shares(texts)}))


def _name(reader: str) -> str:
    return f"calibration/{reader}"

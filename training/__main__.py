"""`make model`: rebuilds touchstone/language/model.npz from the word lists, the corpora and the teacher's vectors.

`TOUCHSTONE_TEACHER` names a folder with words.txt, words.npy, sentences.txt, sentences.npy (see README.md).
"""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path

import numpy as np

from touchstone.language.model import SHIPPED
from training.build import build


def main() -> None:
    """Builds and saves the model, and says what it holds."""
    teacher = Path(os.environ.get("TOUCHSTONE_TEACHER", "build/teacher"))
    model = build(teacher)
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else SHIPPED
    target.unlink(missing_ok=True)  # who reads it now keeps the old
    model.save(target)
    held = {name: array.shape for name, array in model.arrays.items()}
    print(
        f"{target}: {target.stat().st_size / 1e6:.2f} MB, SHA-256 {hashlib.sha256(target.read_bytes()).hexdigest()}",
        held,
        {key: str(value)[:300] for key, value in model.facts.items()},
        file=sys.stderr,
    )
    np.testing.assert_array_less(target.stat().st_size, 12e6)


if __name__ == "__main__":
    main()

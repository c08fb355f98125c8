"""Writes the sentences the teacher is asked about: `python -m training.texts SENTENCES.txt`, one to a line."""

from __future__ import annotations

import sys
from pathlib import Path

from training.corpora import sentences

LONGEST = 400  # letters of a sentence that the teacher sees


def main() -> None:
    """One line for each different sentence, in order."""
    lines = sorted({" ".join(text.split())[:LONGEST] for text in sentences()})
    path = Path(sys.argv[1])
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main()

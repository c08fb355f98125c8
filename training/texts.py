"""Writes the texts the teacher is asked about: `python -m training.texts WORDS.txt SENTENCES.txt`, one to a line."""

from __future__ import annotations

import sys
from pathlib import Path

from training import sayings
from training.corpora import sentences

LONGEST = 400  # letters of a sentence that the teacher sees


def main() -> None:
    """One line for each different text: the corpora, our grammar, and pieces of the corpora, in order."""
    words = Path(sys.argv[1]).read_text("utf-8").splitlines()
    corpora = [" ".join(text.split())[:LONGEST] for text in sentences()]
    lines = dict.fromkeys([*sorted(set(corpora)), *sayings.texts(words), *sayings.pieces(words, corpora)])
    path = Path(sys.argv[2])
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main()

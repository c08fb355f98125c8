"""One-shot understanding and teaching over JSON lines."""

from __future__ import annotations

from pathlib import Path

from touchstone.core import taxonomy as taxonomies


def tag_file(source: str, *, output: str, taxonomy: str | None, model: str | None) -> None:
    """One answer line for each input line, same id, same order; written whole or not at all."""
    from touchstone.language import tagger
    from touchstone.language.lines import File
    from touchstone.language.model import load

    chosen = taxonomies.load(taxonomy) if taxonomy else None
    answers = tagger.tag_file(File(source), model=load(model), taxonomy=chosen)
    unfinished = Path(f"{output}.unfinished")
    with unfinished.open("wb") as out:
        for answer in answers:
            out.write(answer)
    unfinished.replace(output)


def teach_file(source: str, *, output: str, taxonomy: str | None, encoder: str | None = None) -> None:
    """A model file learned from labelled examples; it carries its taxonomy.

    `encoder` names the folder of a sentence encoder (empty: all-MiniLM-L6-v2) that labels texts without labels first.
    """
    from touchstone.language.encoder import labelled
    from touchstone.language.lines import File
    from touchstone.language.teacher import teach

    chosen = taxonomies.load(taxonomy) if taxonomy else None
    examples = File(source).objects()
    known = examples if encoder is None else labelled(examples, taxonomy=chosen, folder=encoder)
    teach(known, taxonomy=chosen).save(output)

"""One-shot understanding and teaching over JSON lines."""

from __future__ import annotations

import json
from pathlib import Path

from touchstone.core import taxonomy as taxonomies
from touchstone.core.taxonomy import Taxonomy


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


def teach_file(source: str, *, output: str, taxonomy: str | None, encoder: str | None = None) -> list[str]:
    """A model file learned from labelled examples; it carries its taxonomy. Answers with what to expect, line by line.

    `encoder` names the folder of a sentence encoder (empty: all-MiniLM-L6-v2) that labels texts without labels first.
    """
    from touchstone.language.encoder import labelled
    from touchstone.language.lines import File
    from touchstone.language.teacher import teach

    chosen = taxonomies.load(taxonomy) if taxonomy else None
    examples = File(source).objects()
    known = examples if encoder is None else labelled(examples, taxonomy=chosen, folder=encoder)
    model = teach(known, taxonomy=chosen)
    model.save(output)
    return [
        f"{head} {name}: F1 {each['f1']:.2f} ({each['low']:.2f} to {each['high']:.2f}), in {each['n']} examples"
        for head, names in model.facts.get("expected", {}).items()
        for name, each in names.items()
    ]


def ask_file(source: str, *, model: str, output: str) -> int:
    """Writes the texts of a file that are most worth labelling, without labels, and says how many."""
    from touchstone.language.lines import File
    from touchstone.language.model import load
    from touchstone.language.tagger import SEEN
    from touchstone.language.tokens import strings
    from touchstone.language.unsure import unsure

    lines = [line for line in File(source).objects() if not {"mentions", "kinds", "promotional"} & set(line)]
    texts = [line["text"] for line in lines]
    taught = load(model)
    compiled = taught.compile(taught.taxonomy or Taxonomy("none", ()))
    some = texts[:: max(1, len(texts) // SEEN)]
    order = unsure(compiled.calibrated(strings(some)), texts)
    with Path(output).open("w", encoding="utf-8") as out:
        out.writelines(json.dumps(lines[place], ensure_ascii=False) + "\n" for place in order)
    return len(order)

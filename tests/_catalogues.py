"""Message catalogues brought up to date with the source: translations stay, what is new waits empty, the rest goes."""

from __future__ import annotations

import io
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from tests import _words
from touchstone.core.translation import FOLDER, languages


def update(*, folder: Path = FOLDER) -> dict[str, tuple[int, int]]:
    """Every catalogue of every language written anew: how many texts each holds, and how many wait."""
    told = {}
    for language in [each for each in languages() if each != "en"]:
        known = said(folder / language)
        for room, texts in _words.entries().items():
            path = folder / language / f"{room}.po"
            made = _catalogue(texts, language, known)
            path.write_bytes(_written(made))
            told[f"{language}/{room}.po"] = len(texts), sum(1 for each in made if each.id and not each.string)
    return told


def said(folder: Path) -> dict[str, str]:
    """What a language says already, in whichever catalogue: a text that moved to another room keeps it."""
    every = (each for path in sorted(folder.glob("*.po")) for each in read(path))
    return {str(each.id): str(each.string) for each in every if each.id and each.string and not each.fuzzy}


def read(path: Path) -> Catalog:
    """A catalogue as it stands; an empty one where there is none."""
    if not path.exists():
        return Catalog()
    with path.open("rb") as file:
        return read_po(file)


def _catalogue(texts: dict[str, tuple[str, ...]], language: str, known: dict[str, str]) -> Catalog:
    made = Catalog(language, header_comment="", project="Touchstone", charset="utf-8", fuzzy=False)
    for text, where in texts.items():
        flags = {"python-brace-format"} if "{" in text else set()
        made.add(text, known.get(text, ""), locations=[(each, None) for each in where], flags=flags)
    return made


def _written(catalogue: Catalog) -> bytes:
    """As a file that changes only where a text does: no dates, and no numbers of lines."""
    buffer = io.BytesIO()
    write_po(buffer, catalogue, width=100, omit_header=True, sort_output=True)
    head = (
        f'msgid ""\nmsgstr ""\n"Project-Id-Version: Touchstone\\n"\n"Language: {catalogue.locale_identifier}\\n"\n'
        '"MIME-Version: 1.0\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n"Content-Transfer-Encoding: 8bit\\n"\n\n'
    )
    return head.encode() + buffer.getvalue()

"""Every page of a small brand in German: no words of ours stay English, and no customer's are touched."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests import _untranslated
from tests.show._family import HOSTILE, family

LINES = 'Lines as `touchstone teach` takes them: {"text": …, "mentions": [{"touchpoint": …, "polarity": …}]}'
THEIRS = {"names", "back", "heard", LINES}
"""What is no text: names of data in drawings and of hidden fields, and lines as programs read them."""


HEAD = 25
"""Letters that tell a customer's text from ours."""


def test_no_words_of_customers_are_looked_up(tmp_path: Path) -> None:
    home = family(tmp_path / "home")
    texts = [str(text) for text in home.ask().lake("select text from interaction where text is not null")["text"]]
    heads = {text[:HEAD] for text in texts if len(text) > HEAD and HOSTILE not in text}
    asked = _untranslated.missing(home, "de").asked
    assert any("Nothing of" in text or "open problem" in text for text in asked)
    assert {text: sorted(pages) for text, pages in asked.items() if text[:HEAD] in heads} == {}


def test_no_page_shows_words_of_ours_in_english(brand: Any) -> None:
    heard = _untranslated.missing(brand, "de")
    left = {text: sorted(heard.pages[text]) for text in heard.counts if text not in THEIRS}
    assert left == {}

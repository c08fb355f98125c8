"""Every page of a small brand in German: no words of ours stay English."""

from __future__ import annotations

from typing import Any

from tests import _untranslated

LINES = 'Lines as `touchstone teach` takes them: {"text": …, "mentions": [{"touchpoint": …, "polarity": …}]}'
THEIRS = {"names", "back", "heard", LINES}
"""What is no text: names of data in drawings and of hidden fields, and lines as programs read them."""


def test_no_page_shows_words_of_ours_in_english(brand: Any) -> None:
    heard = _untranslated.missing(brand, "de")
    left = {text: sorted(heard.pages[text]) for text in heard.counts if text not in THEIRS}
    assert left == {}

"""The words that pages quote: the same whether they are held in memory or read from files, for everyone their own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.store._worlds import home, said
from touchstone.core.viewer import INSIDER, Viewer
from touchstone.store import _behind

UNITS = [{"id": "unit-1"}, {"id": "unit-2"}]
PARTNER, MASKED = Viewer("partner", ("unit-1",)), Viewer("insider", personal=False)


def test_what_pages_quote_are_words_and_not_the_brand_s_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = home(tmp_path)
    store.put("unit", UNITS)
    claim, silent = said(1, kind="claim", unit="unit-1"), [said(n, text=text) for n, text in ((2, ""), (3, None))]
    store.append([[said(0, unit="unit-1"), claim, *silent, said(4, unit="unit-2")]])
    store.derive()
    question = "select text from words order by text"
    for most in (4_000_000, 0):  # held in memory, and read from its files
        monkeypatch.setattr(_behind, "SPOKEN", most)
        store.put("unit", UNITS)
        asked = {who: store.ask(who).lake(question)["text"].to_pylist() for who in (INSIDER, MASKED, PARTNER)}
        assert asked == {INSIDER: ["word 0", "word 4"], MASKED: ["word 0", "word 4"], PARTNER: ["word 0"]}
    store.close()

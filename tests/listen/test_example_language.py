"""The example brand does not sound templated, and shares no template with what trains the model."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from tests.listen._brand_read import Brand, distinct_share, sentences, whole, words
from touchstone.core.errors import Stop
from touchstone.listen import _example_grammar
from touchstone.listen._example_grammar import FOLDER, Grammar

TEXTS = 5_000
TRAINING = Path(__file__).parents[2] / "training"


@pytest.fixture(scope="module")
def brand() -> Brand:
    return whole()


def real_reviews(folder: Path) -> list[str]:
    columns = [(path, name) for path in sorted(folder.glob("*.parquet")) for name in pq.read_schema(path).names]
    return [
        str(text)
        for path, name in columns
        if name.lower() == "review"
        for text in pq.read_table(path, columns=[name])[name].to_pylist()
        if text
    ]


def test_runs_of_four_words_vary_as_in_real_reviews(brand: Brand, real_data: Callable[[str], Path]) -> None:
    ours, real = brand.texts[:TEXTS], real_reviews(real_data("car-reviews"))
    tokens = min(sum(len(words(text)) for text in texts) for texts in (ours, real))
    assert len(ours) == TEXTS
    assert tokens > 100_000
    assert distinct_share(ours, tokens) >= 0.8 * distinct_share(real, tokens)


def test_no_sentence_occurs_more_than_three_times(brand: Brand) -> None:
    often = {sentence: count for sentence, count in sentences(brand.texts[:TEXTS]).items() if count > 3}
    assert not often


def test_three_languages_and_many_lengths(brand: Brand) -> None:
    shares = {
        row["values"]: row["counts"] / len(brand.interactions)
        for row in pc.value_counts(brand.interactions["language"]).to_pylist()
    }
    assert set(shares) == {"en", "fr", "es", None}
    assert 0.06 < shares["fr"] / (shares["en"] + shares["fr"] + shares["es"]) < 0.3
    assert 0.06 < shares["es"] / (shares["en"] + shares["fr"] + shares["es"]) < 0.3
    lengths = sorted(len(words(text)) for text in brand.texts)
    assert lengths[len(lengths) // 20] <= 4
    assert lengths[-len(lengths) // 100] > 120
    assert any("\n\n" in text for text in brand.texts)


def test_people_write_as_they_like(brand: Brand) -> None:
    count = len(brand.texts)
    small = sum(text == text.lower() for text in brand.texts)
    bare = sum("." not in text and "!" not in text and len(words(text)) > 12 for text in brand.texts)
    pictures = sum(bool(re.search(r"[\U0001f300-\U0001faff]|:\)|;-\)", text)) for text in brand.texts)
    assert small > 0.05 * count
    assert bare > 0.01 * count
    assert pictures > 0.02 * count


def test_several_touchpoints_share_a_text_and_disagree(brand: Brand) -> None:
    several = [label for label in brand.labels if len({each["touchpoint"] for each in label["mentions"]}) > 1]
    torn = [label for label in several if {"positive", "negative"} <= {each["polarity"] for each in label["mentions"]}]
    assert len(several) > 0.25 * len(brand.labels)
    assert len(torn) > 0.08 * len(brand.labels)


# The grammar.


def templates(line: str) -> Iterator[list[str]]:
    """The word sequences of a grammar line: slots and choices count as one word, and each choice is one of its own."""
    text = re.sub(r"\{[^}]*\}", " {} ", line)
    while (inner := re.search(r"\[([^\[\]]*)\]", text)) is not None:
        for way in inner.group(1).split("|"):
            yield re.findall(r"\{\}|\w+", way.lower())
        text = text[: inner.start()] + " {} " + text[inner.end() :]
    yield re.findall(r"\{\}|\w+", text.lower())


def five_grams(sequences: Iterator[list[str]]) -> set[tuple[str, ...]]:
    runs = (tuple(found[at : at + 5]) for found in sequences for at in range(len(found) - 4))
    return {run for run in runs if sum(word != "{}" for word in run) >= 3}


def own_lines() -> list[str]:
    lines = [line for path in FOLDER.glob("*.txt") for line in path.read_text("utf-8").splitlines()]
    return [line for line in lines if line and not line.startswith(("#", "@"))]


def training_sequences() -> Iterator[list[str]]:
    """Phrases of the lists and strings that train the model, wherever they lie in `training/`."""
    for path in sorted(TRAINING.rglob("*")):
        if path.suffix in (".txt", ".yaml", ".yml", ".json", ".jsonl", ".toml"):
            for line in path.read_text("utf-8").splitlines():
                for phrase in line.split("|"):
                    yield from templates(phrase.replace("^", " "))


def test_no_template_is_shared_with_what_trains_the_model() -> None:
    ours = five_grams(each for line in own_lines() for each in templates(line))
    assert len(ours) > 1_000
    assert not ours & five_grams(training_sequences())


def test_what_trains_the_model_does_not_read_the_grammar() -> None:
    sources = [path.read_text("utf-8") for path in TRAINING.rglob("*.py")]
    language = [path.read_text("utf-8") for path in (TRAINING.parent / "touchstone" / "language").rglob("*.py")]
    assert not [source for source in sources + language if "_example" in source or "listen.example" in source]


def test_every_list_of_the_grammar_can_be_said() -> None:
    lists = _example_grammar.read()
    stubs = dict.fromkeys(
        ("model", "dealer", "place", "thing", "topic", "digit", "number", "hundreds", "thousands", "year", "clock"),
        lambda: "x",
    )
    for language in ("en", "fr", "es"):
        own = {name.split(".", 1)[1]: ways for name, ways in lists.items() if name.startswith(f"{language}.")}
        for draw in (lambda: 0.0, lambda: 0.5, lambda: 0.999):
            grammar = Grammar(own, draw, stubs)
            assert all(isinstance(grammar[name](), str) for name in own)


def test_a_slip_in_the_grammar_is_told() -> None:
    with pytest.raises(Stop, match="not closed in list 'a'"):
        Grammar({"a": ["one [two|three"]}, lambda: 0.0, {})["a"]
    with pytest.raises(Stop, match="no list 'b'"):
        Grammar({"a": ["one {b}"]}, lambda: 0.0, {})["a"]()

"""Whatever is answered: a survey ends, asks only what its answers lead to, and takes nothing off its scale."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from touchstone.core.errors import Refused
from touchstone.rules import surveys
from touchstone.rules.surveys import LANGUAGES, SCALES, asked, check, conditions, holding, read, ready, spoken

WORDS = {"id": "why", "kind": "words", "texts": {"en": "Why?"}}
SCORE = {"id": "score", "kind": "nps", "texts": {"en": "Recommend?"}}


@st.composite
def own(draw: Any) -> tuple[surveys.Question, ...]:
    """A survey of up to seven questions that hang on one another as they like."""
    made: list[dict[str, Any]] = []
    for place in range(draw(st.integers(1, 7))):
        kind = draw(st.sampled_from(surveys.KINDS))
        each: dict[str, Any] = {"id": f"q{place}", "kind": kind, "texts": {"en": f"Question {place}?"}}
        each["needed"] = draw(st.booleans())
        if kind == "choice":
            each["choices"] = {name: {"en": name} for name in ("yes", "no")}
        before = [one for one in read([*made], ["en"]) if one.answers] if made else []
        if before and draw(st.booleans()):
            on = draw(st.sampled_from(before))
            sign = draw(st.sampled_from(("<=", ">=", "="))) if on.kind in SCALES else "="
            each["when"] = f"{on.id} {sign} {draw(st.sampled_from(on.answers))}"
        made.append(each)
    return read(made, ["en"])


def answered(questions: tuple[surveys.Question, ...], random: Any) -> dict[str, str]:
    return {each.id: random.choice(each.answers or ("fine",)) for each in questions if random.random() < 0.8}


@settings(max_examples=60, deadline=None)
@given(own(), st.randoms(use_true_random=False))
def test_nothing_is_asked_that_the_answers_do_not_lead_to(questions: Any, random: Any) -> None:
    given_answers = answered(questions, random)
    shown = asked(questions, given_answers)
    assert len(shown) <= len(questions)
    names = {each.id for each in shown}
    for name, needed in conditions(questions).items():
        led = all(on in names and given_answers.get(on) in answers for on, answers in needed)
        assert (name in names) == led
    answers, wrong = check(questions, given_answers)
    assert {name.partition(".")[0] for name in answers} | set(wrong) <= names


@settings(max_examples=60, deadline=None)
@given(own(), st.randoms(use_true_random=False))
def test_answering_what_is_asked_until_nothing_is_left_comes_to_an_end(questions: Any, random: Any) -> None:
    given_answers: dict[str, str] = {}
    for _ in range(len(questions) + 1):
        waiting = [each for each in asked(questions, given_answers) if each.id not in given_answers]
        if not waiting:
            break
        given_answers[waiting[0].id] = random.choice(waiting[0].answers or ("fine",))
    assert not [each for each in asked(questions, given_answers) if each.id not in given_answers]
    assert check(questions, given_answers)[1] == {}


@settings(max_examples=60, deadline=None)
@given(own(), st.text(max_size=8))
def test_what_lies_off_the_scale_is_refused_beside_its_question(questions: Any, odd: str) -> None:
    first = questions[0]
    answers, wrong = check(questions, {first.id: odd})
    if first.answers and surveys.plain(odd) and surveys.plain(odd) not in first.answers:
        assert wrong[first.id] == "outside"
        assert first.id not in answers


@pytest.mark.parametrize("kind", SCALES)
def test_a_ready_survey_asks_in_every_language_and_branches_at_a_good_score(kind: str) -> None:
    questions = ready(kind, list(LANGUAGES))
    assert all(each.texts.keys() == LANGUAGES.keys() for each in questions)
    assert read([each.plain for each in questions], list(LANGUAGES)) == questions
    worst, best = SCALES[kind]
    assert "better" in [each.id for each in asked(questions, {"score": str(worst)})]
    assert "good" in [each.id for each in asked(questions, {"score": str(best)})]
    assert len(holding("score <= 999", questions[0])) == best - worst + 1


@pytest.mark.parametrize(
    "wrong",
    [
        [],
        [{"id": "A b", "kind": "words", "texts": {"en": "x"}}],
        [{"id": "a", "kind": "stars", "texts": {"en": "x"}}],
        [{"id": "a", "kind": "words", "texts": {"de": "x"}}],
        [{"id": "a", "kind": "words", "texts": "x"}],
        [{"id": "a", "kind": "choice", "texts": {"en": "x"}}],
        [{"id": "a", "kind": "choice", "texts": {"en": "x"}, "choices": ["a"]}],
        [{"id": "a", "kind": "words", "texts": {"en": "x"}, "script": "alert(1)"}],
        [WORDS, WORDS],
        [SCORE, {**WORDS, "when": "later <= 6"}],
        [{**WORDS, "when": "score <= 6"}, SCORE],
        [SCORE, {**WORDS, "when": "score <= -1"}],
        [SCORE, {**WORDS, "when": "1 = 1) or ("}],
        [WORDS, {**SCORE, "when": "why = yes"}],
        ["score"],
    ],
)
def test_a_survey_that_makes_no_sense_is_refused_beside_its_field(wrong: Any) -> None:
    with pytest.raises(Refused) as refusal:
        read(wrong, ["en"])
    assert refusal.value.field == "questions"


def test_words_are_kept_as_written_and_no_longer_than_they_may_be() -> None:
    questions = read([WORDS], ["en"])
    assert check(questions, {"why": " <b>Fine</b>\x00\r\n\x1b[31m "})[0] == {"why": "<b>Fine</b>\n[31m"}
    assert check(questions, {"why": "x" * 5001})[1] == {"why": "long"}
    assert check(questions, {})[1] == {"why": "needed"}


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("de-DE,de;q=0.9,en;q=0.8", "de"),
        ("it, fr;q=0.5", "fr"),
        ("", "en"),
        ("zz;q=x,,;;", "en"),
        ("de;q=0, fr;q=.1", "fr"),
    ],
)
def test_a_survey_speaks_the_language_its_reader_accepts(accepted: str, language: str) -> None:
    assert spoken(accepted, ["en", "de", "fr"]) == language

"""Surveys: questions in several languages, which of them are asked after which answer, what may be answered. Pure.

A question may say `when` it is asked, by the answer to an earlier one (`score <= 6`, `told = person`): since it looks
back alone, every way through a survey ends.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from touchstone.core.errors import Refused
from touchstone.rules import _survey_words as written

LANGUAGES = written.LANGUAGES
SCALES = {"nps": (0, 10), "csat": (1, 5), "ces": (1, 7), "rating": (1, 5)}
"""Kind of question → worst and best."""
KINDS = (*SCALES, "choice", "words", "told")
LONGEST = 5000  # characters of an answer in words
MOST = 40  # questions, and answers to choose from
_ID = re.compile(r"[a-z][a-z0-9_]{0,29}")
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_WHEN = re.compile(r"\s*([a-z][a-z0-9_]*)\s*(<=|>=|=)\s*(\S{1,40})\s*")
_CONTROLS = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 127))
Texts = dict[str, str]


@dataclass(frozen=True)
class Question:
    """One question; `texts` by language, `choices` by the id of each, `when` it is asked (empty: always)."""

    id: str
    kind: str
    texts: Texts
    choices: dict[str, Texts] = field(default_factory=dict)
    when: str = ""
    needed: bool = False

    @property
    def answers(self) -> tuple[str, ...]:
        """What it may be answered with; empty where it takes words."""
        if self.kind in SCALES:
            worst, best = SCALES[self.kind]
            return tuple(str(each) for each in range(worst, best + 1))
        return tuple(self.choices)

    @property
    def plain(self) -> dict[str, Any]:
        """As it is kept."""
        return asdict(self)


def ready(kind: str, languages: Sequence[str]) -> tuple[Question, ...]:
    """The ready survey of a kind: its score, what was good or should be better, and who told them."""
    if kind not in SCALES:
        raise Refused(f"{kind!r} is no kind of survey.", field="kind", todo=f"Choose one of: {', '.join(SCALES)}.")
    _check(bool(languages), "a survey has a language.", "languages")
    if stray := [each for each in languages if each not in LANGUAGES]:
        todo = f"Ready surveys are written in: {', '.join(LANGUAGES)}; give `questions` of your own."
        raise Refused(f"no ready survey is written in {stray[0]!r}.", field="languages", todo=todo)
    good = SCALES[kind][1] - 1  # the least score that says it was good: 9 of 10, 4 of 5, 6 of 7
    tellers = {name: _in(texts, languages) for name, texts in written.TELLERS.items()}
    return (
        Question("score", kind, _in(written.MAIN[kind], languages), needed=True),
        Question("better", "words", _in(written.BETTER, languages), when=f"score <= {good - 1}"),
        Question("good", "words", _in(written.GOOD, languages), when=f"score >= {good}"),
        Question("told", "told", _in(written.TOLD, languages), tellers),
    )


def settled() -> tuple[Question, ...]:
    """The ready survey that asks again after a case: whether they are content now, and what is still not right."""
    return (
        Question("score", "csat", dict(written.SETTLED), needed=True),
        Question("better", "words", dict(written.UNSETTLED), when="score <= 3"),
        Question("good", "words", dict(written.GOOD), when="score >= 4"),
    )


def read(given: Sequence[Mapping[str, Any]], languages: Sequence[str]) -> tuple[Question, ...]:
    """Questions of one's own, checked; `Refused` beside `questions` says which one is wrong and why."""
    _check(bool(languages), "a survey has a language.", "languages")
    _check(all(_LANGUAGE.fullmatch(each) for each in languages), "a language is two small letters.", "languages")
    _check(0 < len(given) <= MOST, f"a survey has 1 to {MOST} questions.")
    found: dict[str, Question] = {}
    for place, each in enumerate(given, start=1):
        question = _question(each, languages, f"question {place}")
        _check(question.id not in found, f"question {place}: the id {question.id!r} is taken.")
        if question.when:
            held = condition(question.when)
            _check(held[0] in found, f"question {place}: `when` looks back at an earlier question, not {held[0]!r}.")
            _check(bool(holding(question.when, found[held[0]])), f"question {place} could never be asked.")
        found[question.id] = question
    return tuple(found.values())


def kept(given: Sequence[Mapping[str, Any]]) -> tuple[Question, ...]:
    """Questions as they are kept, which were checked when they came."""
    return tuple(Question(**each) for each in given)


def condition(when: str) -> tuple[str, str, str]:
    """The question a condition looks at, how, and at what."""
    match = _WHEN.fullmatch(when)
    _check(match is not None, f"{when!r} is no condition such as `score <= 6`.")
    assert match is not None  # checked a line above
    return match[1], match[2], match[3]


def holding(when: str, asked: Question) -> tuple[str, ...]:
    """The answers to the question `asked` after which a condition holds."""
    _, sign, bound = condition(when)
    if sign == "=":
        return tuple(each for each in asked.answers if each == bound)
    if asked.kind not in SCALES or not bound.lstrip("-").isdigit():
        return ()
    low = sign == "<="
    return tuple(each for each in asked.answers if (int(each) <= int(bound) if low else int(each) >= int(bound)))


def asked(questions: Sequence[Question], given: Mapping[str, str]) -> list[Question]:
    """The questions that are asked of who answers so; what was answered to one that is not asked counts for nothing."""
    known = {each.id: each for each in questions}
    open_to: dict[str, Question] = {}
    for each in questions:
        if not each.when:
            open_to[each.id] = each
            continue
        on = condition(each.when)[0]
        if on in open_to and given.get(on, "") in holding(each.when, known[on]):
            open_to[each.id] = each
    return list(open_to.values())


def conditions(questions: Sequence[Question]) -> dict[str, list[tuple[str, tuple[str, ...]]]]:
    """Question → what must all have been answered for it to be asked: (question, one of these answers)."""
    known, found = {each.id: each for each in questions}, dict[str, list[tuple[str, tuple[str, ...]]]]()
    for each in questions:
        if each.when:
            on = condition(each.when)[0]
            found[each.id] = [*found.get(on, []), (on, holding(each.when, known[on]))]
    return found


def check(questions: Sequence[Question], given: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """(answers, wrong): what counts of the answers given, and question → the name of what is wrong with its answer.

    Words beside a question of kind `told` come as `ID.words`. Nothing at all answered is wrong at the first question.
    """
    answers: dict[str, str] = {}
    wrong: dict[str, str] = {}
    for each in asked(questions, given):
        answer = plain(given.get(each.id, ""))
        if answer and each.answers and answer not in each.answers:
            wrong[each.id] = "outside"
        elif len(answer) > LONGEST or len(beside := plain(given.get(f"{each.id}.words", ""))) > LONGEST:
            wrong[each.id] = "long"
        elif each.needed and not answer:
            wrong[each.id] = "needed"
        elif answer:
            answers[each.id] = answer
            if each.kind == "told" and beside:
                answers[f"{each.id}.words"] = beside
    if not answers and not wrong:
        wrong[questions[0].id] = "needed"
    return answers, wrong


def plain(text: str) -> str:
    """Words as they are kept: as they were written, less what no keyboard writes."""
    return text.replace("\r\n", "\n").translate(_CONTROLS).strip()


def say(name: str, language: str) -> str:
    """What the page around the questions says, in a language; English where it is not written in that one."""
    texts = written.PAGE[name]
    return texts.get(language, texts["en"])


def ends(kind: str, language: str) -> tuple[str, str]:
    """What the worst and the best of a scale mean."""
    worst, best = written.ENDS[kind]
    return worst.get(language, worst["en"]), best.get(language, best["en"])


def spoken(accepted: str, languages: Sequence[str]) -> str:
    """The language to ask in: the best of those a browser accepts (its `Accept-Language`), else the first."""
    wishes = []
    for place, each in enumerate(accepted[:400].split(",")):
        name, _, quality = each.strip().partition(";q=")
        try:
            wishes.append((-float(quality or 1.0), place, name.partition("-")[0].lower()))
        except ValueError:
            continue
    return next((name for weight, _, name in sorted(wishes) if weight < 0 and name in languages), languages[0])


def _in(texts: Texts, languages: Sequence[str]) -> Texts:
    return {each: texts[each] for each in languages}


def _question(given: Mapping[str, Any], languages: Sequence[str], where: str) -> Question:
    _check(isinstance(given, Mapping), f"{where} is no object.")
    _check(not (stray := set(given) - set(Question.__dataclass_fields__)), f"{where}: nothing is called {stray}.")
    id, kind, texts = (given.get(name) for name in ("id", "kind", "texts"))
    _check(kind in KINDS, f"{where}: the kind {kind!r} is none of {', '.join(KINDS)}.")
    _check(isinstance(id, str) and bool(_ID.fullmatch(id)), f"{where}: its id is a short word in small letters.")
    _check(_spelt(texts, languages), f"{where}: a text is missing in one of {', '.join(languages)}.")
    when, needed = given.get("when") or "", given.get("needed") or False
    _check(isinstance(when, str) and isinstance(needed, bool), f"{where}: `when` is a text, `needed` true or false.")
    return Question(str(id), str(kind), dict(texts or {}), _choices(given, languages, where), when, needed)


def _choices(given: Mapping[str, Any], languages: Sequence[str], where: str) -> dict[str, Texts]:
    """The answers to choose from; who told is chosen of those of ours."""
    choices, told = given.get("choices") or {}, given["kind"] == "told"
    if told and not choices:
        return {name: dict(texts) for name, texts in written.TELLERS.items()}
    _check(isinstance(choices, Mapping) and len(choices) <= MOST, f"{where}: choices are an object, {MOST} at most.")
    _check((told or given["kind"] == "choice") == bool(choices), f"{where}: choices belong to kind choice alone.")
    _check(all(_ID.fullmatch(str(each)) for each in choices), f"{where}: choices have ids in small letters.")
    _check(not told or set(choices) <= set(written.TELLERS), f"{where}: who told is one of {[*written.TELLERS]}.")
    _check(all(_spelt(each, languages) for each in choices.values()), f"{where}: a choice misses a language.")
    return {str(name): dict(texts) for name, texts in choices.items()}


def _spelt(texts: Any, languages: Sequence[str]) -> bool:
    """Whether there are texts, short enough, in each of the languages."""
    if not isinstance(texts, Mapping) or not all(isinstance(each, str) and len(each) <= 500 for each in texts.values()):
        return False
    return all(texts.get(each, "").strip() for each in languages)


def _check(holds: bool, what: str, field: str = "questions") -> None:
    if not holds:
        raise Refused(what, field=field, todo="See docs/surveys.md for what a survey looks like.")

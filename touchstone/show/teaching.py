"""Teaching: what people taught, what a model learned from it, and what that would change before it is applied."""

from __future__ import annotations

from typing import Any

from touchstone.core.ask import Ask
from touchstone.core.page import Block, Cards, Field, Form, Grid, Note, Page
from touchstone.show import _lessons, _say

WHO = ("insight",)
_PLACE = 42, "Reading"
_POLARITIES = (("", "–"), ("positive", "praise"), ("negative", "complaint"), ("neutral", "neither"), ("mixed", "both"))


_BACK = Field("back", "", "/teaching", kind="hidden")
_ASK = (
    ("/labelling", "Answer what the machine is unsure of", "u"),
    ("/labelling?drawn=random", "Read texts drawn at random", "r"),
)
_LINE = '{"text": …, "mentions": [{"touchpoint": …, "polarity": …}]}'
_LINES = f"Lines as `touchstone teach` takes them: “{_LINE}”"


def show(ask: Ask, *, touchpoint: str | None = None) -> Page:
    """Examples by touchpoint, the form for more (of `touchpoint`), and before and after of the model learned last."""
    known = _lessons.lesson(ask)
    counts, examples, apart = _lessons.taught(ask)
    blocks = [
        *_waiting(ask, known),
        *_learn(
            known, examples, heard=bool(ask.lake("select 1 as one from interaction where text is not null limit 1"))
        ),
        _lessons.supply(ask, known, counts),
        _typing(ask, counts, touchpoint or ""),
        _pasting(),
        *_former(known),
    ]
    return Page("teaching", "Teaching", _sentence(known, examples), _lead(known, apart), tuple(blocks))


def _sentence(known: _lessons.Lesson, examples: int) -> str:
    if known.state == "ready":
        changed, texts = _say.count(known.detail["changed"]), _say.some(known.detail["texts"], "text", "texts")
        return f"The taught model would read {changed} of {texts} otherwise. Nothing is applied yet."
    if known.state == "learning":
        return "A model is learning from what people said."
    if known.state == "failed":
        return "The last lesson came to nothing."
    if not examples:
        return "Nothing has been taught here yet: four examples for each touchpoint are a start."
    return f"{_say.some(examples, 'example waits', 'examples wait')} to teach a model of your own."


def _lead(known: _lessons.Lesson, apart: int) -> str:
    parts = (
        [f"It learned from {_say.some(known.detail['examples'], 'example', 'examples')}."]
        if known.state == "ready"
        else []
    )
    whole = known.accuracy.get("")
    if known.state == "ready" and whole is not None:
        before = whole["before"]
        better = whole["low"] > before["high"]
        worse = whole["high"] < before["low"]
        verdict = "better" if better else "worse" if worse else "no surely better"
        parts.append(f"On texts kept apart from teaching it reads {verdict} than now.")
    elif apart:
        readings = _say.some(apart, "reading made at random is", "readings made at random are")
        parts.append(f"{readings} kept apart, to measure how well a taught model reads.")
    return " ".join(parts)


def _waiting(ask: Ask, known: _lessons.Lesson) -> list[Block]:
    """The model that waits: figures, both buttons, then what would change."""
    if known.state == "learning":
        return [
            Note(
                "Reading and comparing takes seconds, on a large home minutes.",
                "busy",
                "This page comes back by itself.",
            )
        ]
    if known.state == "failed":
        return [Note(str(known.detail.get("why", "")), "warning", "Mend what it names, and teach again.")]
    if known.state != "ready":
        return []
    version = Field("version", "", str(known.detail["version"]), kind="hidden")
    buttons = [Form("model.apply", "", (version, _BACK), "Apply"), Form("model.discard", "", (_BACK,), "Discard")]
    found = [_lessons.moving(known), _lessons.changes(known), _lessons.sample(ask, known)]
    return [Cards(_lessons.cards(known)), *buttons, *(each for each in found if each is not None)]


def _learn(known: _lessons.Lesson, examples: int, *, heard: bool) -> list[Block]:
    if not heard:
        todo = "Bring reviews or messages with `touchstone listen table FILE`."
        return [Note("There are no texts here.", "empty", todo)]
    if not examples:
        todo = "Type four below, correct texts where you read them, or answer what the machine asks."
        return [Note("There is nothing to learn from yet.", "plain", todo)]
    title = "Teach again" if known.state == "ready" else "Teach"
    return [Form("model.teach", "", (_BACK,), title, beside=_ASK)]


def _typing(ask: Ask, counts: dict[str, int], touchpoint: str) -> Form:
    """Four examples of the touchpoint that has fewest, or of the one asked for."""
    names = ask.taxonomy.names
    least = min(names, key=lambda name: (counts.get(name, 0), names.index(name)), default="")
    chosen = touchpoint if touchpoint in names else least
    fields = (
        Field("touchpoint", "They speak of", chosen, tuple((name, _say.named(name)) for name in names)),
        Field("polarity", "As", "", _POLARITIES),
        Field("texts", "Four examples, one a line, as a customer would say it", kind="textarea"),
        _BACK,
    )
    return Form("example", "Give examples", fields, "Keep", beside=() if any(counts.values()) else _ASK)


def _pasting() -> Form:
    lines = Field("lines", _LINES, kind="lines")
    return Form("example", "Paste labelled examples", (lines, _BACK), "Keep")


def _former(known: _lessons.Lesson) -> list[Block]:
    """The models that were applied here, and the way back to each."""
    if len(known.models) < 2:
        return []
    rows = tuple((str(each["version"]), each.get("examples"), _day(each), _stand(each)) for each in known.models)
    others = tuple((str(each["version"]), str(each["version"])) for each in known.models if not each["value"])
    fields = (Field("version", "Model", "", others), _BACK)
    grid = Grid(
        "Models of this home",
        "The next run reads every text with the one in force.",
        ("model", "examples", "taught", ""),
        rows,
    )
    return [grid, Form("run", "", (_BACK,), "Run now"),
            Form("model.apply", "Go back to another model", fields, "Use it")]  # fmt: skip


def _day(model: dict[str, Any]) -> str:
    return str(model.get("taught_at", "")).partition("T")[0]


def _stand(model: dict[str, Any]) -> str:
    return "in force" if model["value"] else ""

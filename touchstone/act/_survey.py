"""What somebody answered in a survey, as interactions."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from touchstone.rules.surveys import SCALES, Question

SOURCE = "survey"
HEARSAY = "word of mouth"  # the touchpoint of a referral, where the taxonomy has it


def rows(
    questions: Sequence[Question], answers: Mapping[str, str], *, about: Mapping[str, Any], teller: str | None
) -> list[dict[str, Any]]:
    """Interactions of one response: the first bears the first score, the first words and all choices.

    Every further score and every further text is one of its own; who was told of us by a person leads to a `referral`,
    said of `teller` where that person is known. `about` are the columns all of them share; `thread` tells the response.
    """
    scores = [each for each in questions if each.kind in SCALES and each.id in answers]
    words = [each for each in questions if each.kind == "words" and each.id in answers]
    chosen = {each.id: answers[each.id] for each in questions if each.kind == "choice" and each.id in answers}
    told = next((each for each in questions if each.kind == "told" and each.id in answers), None)
    plain = {"survey": about["survey"]} | ({"case": about["case"]} if about.get("case") else {})
    beside: dict[str, Any] = plain | ({"choices": chosen} if chosen else {})
    if told is not None:
        beside |= {"told": answers[told.id]}
        beside |= {"told_words": said} if (said := answers.get(f"{told.id}.words")) else {}
    made = [_row(about, "main", beside, answers, [*scores[:1], *words[:1]])]
    made += [_row(about, each.id, plain | {"question": each.id}, answers, [each]) for each in (*scores[1:], *words[1:])]
    by_person = told is not None and answers[told.id] == "person"
    return [*made, *([_referral(about, teller)] if by_person else [])]


def _row(
    about: Mapping[str, Any], name: str, beside: Mapping[str, Any], answers: Mapping[str, str], said: Sequence[Question]
) -> dict[str, Any]:
    """One interaction that bears the answers to the questions `said`."""
    made = {name: value for name, value in about.items() if name not in ("survey", "case", "hearsay")}
    made |= {"source": SOURCE, "source_id": f"{about['thread']}:{name}", "kind": "answer"}
    made["attributes"] = json.dumps(beside, ensure_ascii=False, sort_keys=True)
    for each in said:
        if each.kind in SCALES:
            worst, best = (float(end) for end in SCALES[each.kind])
            made |= {"metric": each.kind, "value": float(answers[each.id]), "worst": worst, "best": best}
        else:
            made["text"] = answers[each.id]
    return made


def _referral(about: Mapping[str, Any], teller: str | None) -> dict[str, Any]:
    """Somebody sent whoever answers: said of them where they are known, else of nobody by name."""
    referred = about["person"] or f"{SOURCE}:{about['thread']}"
    told = {"referred": referred, "survey": about["survey"]}
    made = _row(about, "told", told, {}, [])
    return made | {"kind": "referral", "person": teller, "touchpoint": about["hearsay"]}

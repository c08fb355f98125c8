"""One text with all that was understood of it, what people corrected in it, and when."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace
from typing import Any

from touchstone.core.ask import Ask
from touchstone.core.page import Corrected, Heard, Verbatim, Voice
from touchstone.show import _say, _words
from touchstone.show._may import may

TONES = {"positive": "praise", "negative": "complaint", "mixed": "both", "neutral": "neither"}
"""What a polarity is called beside a customer's words."""
SAYS = {
    "positive": "praises {names}",
    "negative": "complains of {names}",
    "mixed": "both praises and blames {names}",
    "neutral": "mentions {names}",
}
"""What is said of a customer's words, by the polarity of what they speak of."""
CALLED = {
    ("promotion", "burst"): "One of a burst",
    ("promotion", "copy"): "A text seen before",
    ("promotion", "insider"): "Written from within",
    ("promotion", "words"): "Words that promote",
    ("word_of_mouth", "taught"): "Taught others",
}
"""Signals that their label alone would not tell to people."""
YES = 0.5
_LABELS = "select distinct layer, label from signal where layer not in ('language', 'asking')"
_SIGNALS = """select layer, label, max(score) as score, max(probability) as probability from signal
    where seq in (select i.seq from words i where i.id = ?) and layer not in ('language', 'asking')
    group by layer, label"""
_CORRECTED = """select id, "table" as kind, change, name, strftime(made_at, '%Y-%m-%d %H:%M') as day
    from correction where interaction = ? order by seq"""

Row = dict[str, Any]


def voice(ask: Ask, id: str) -> Voice | None:
    """The text of interaction `id`, None where there is none to see; insiders may correct each of its lines."""
    sql = f"select 0 as start, 0 as stop, {_words.FIELDS} from words i {_words.JOINED} where i.id = ?"
    rows = ask.lake(sql, [id]).to_pylist()
    if not rows:
        return None
    corrections = [{**row, "change": json.loads(row["change"])} for row in ask.lake(_CORRECTED, [id]).to_pylist()]
    undone = {row["change"].get("takes_back"): row for row in corrections}
    standing = [row for row in corrections if row["id"] not in undone and "takes_back" not in row["change"]]
    return Voice(
        verbatim=verbatim(rows[0]),
        mentions=tuple(_named(each, standing, ask) for each in _words.understood(ask, [id]).get(id, ())),
        signals=_signals(ask, id, standing),
        history=tuple(_history(row, undone, ask) for row in corrections if "takes_back" not in row["change"]),
        touchpoints=ask.taxonomy.names if may(ask.viewer, "correct") else (),
    )


def verbatim(row: Row) -> Verbatim:
    """The words of one row of `_words.FIELDS`."""
    return Verbatim(
        id=row["id"], text=row["text"], occurred_at=row["day"] or "", url=row["url"] or "",
        source=row["source"] or "", unit=row["unit"] or "",
    )  # fmt: skip


def sentence(heard: tuple[Heard, ...]) -> str:
    """What a customer speaks of, in one sentence."""
    if not heard:
        return "No touchpoint was heard in these words."
    parts = []
    for polarity, says in SAYS.items():
        names = [_say.inline(each.name.replace("_", " ")) for each in heard if each.polarity == polarity]
        parts += [says.format(names=_say.listed(names))] if names else []
    return f"This customer {'; '.join(parts)}."


def _named(heard: Heard, standing: list[Row], ask: Ask) -> Heard:
    """The line with who corrected it last."""
    own = [row for row in standing if row["kind"] == "mention"]
    own = [row for row in own if heard.name in (row["change"].get("becomes"), row["change"]["touchpoint"])]
    return replace(heard, by=_who(own[-1], ask)) if own else heard


def _signals(ask: Ask, id: str, standing: list[Row]) -> tuple[Heard, ...]:
    """Every signal the home knows of or people spoke of here, and whether this text gives it."""
    given = {(row["layer"], row["label"]): row for row in ask.lake(_SIGNALS, [id]).to_pylist()}
    known = {(row["layer"], row["label"]) for row in ask.lake(_LABELS).to_pylist()}
    known |= {(each["change"]["layer"], each["change"]["label"]) for each in standing if each["kind"] == "signal"}
    made = []
    for key in sorted(known):
        found = given.get(key)
        own = [each for each in standing if (each["change"].get("layer"), each["change"].get("label")) == key]
        made.append(
            Heard(
                key[1],
                key[0],
                confidence=found["probability"] if found else None,
                by=_who(own[-1], ask) if own else "",
                holds=bool(found and found["score"] >= YES),
            )
        )
    return tuple(made)


def _history(row: Row, undone: dict[str, Row], ask: Ask) -> Corrected:
    back = undone.get(row["id"])
    who = _who(row, ask) + (f"; taken back by {_who(back, ask)}" if back else "")
    stands = back is None and row["kind"] in ("mention", "signal")
    return Corrected(_what(row), who, row["id"] if stands else "")


def _who(row: Row, ask: Ask) -> str:
    """Who, and when; a partner is not told names."""
    name = row["name"] or ("head office" if ask.viewer.side == "partner" else "someone at the machine")
    return f"{name}, {row['day']}" if row["day"] else str(name)


def _what(row: Row) -> str:
    """A correction in a few words."""
    change = row["change"]
    if row["kind"] not in ("mention", "signal"):
        return "Read whole"
    name = called(Heard(str(change.get("touchpoint") or change.get("label")), str(change.get("layer") or "")))
    fields = {key: value for key, value in change.items() if key not in ("touchpoint", "layer", "label")}
    if fields and all(value is None for value in fields.values()):
        return f"{name}: not spoken of" if row["kind"] == "mention" else f"{name}: no"
    if row["kind"] == "signal":
        return f"{name}: {'yes' if change.get('score', 1.0) >= YES else 'no'}"
    said = [f"is {_say.inline(change['becomes'])}"] if change.get("becomes") else []
    said += [TONES[change["polarity"]]] if change.get("polarity") in TONES else []
    said += [f"sentiment {change['sentiment']:+.2f}"] if "polarity" not in change and "sentiment" in change else []
    return f"{name}: {', '.join(said) or 'other words'}"


def states(heard: Heard, polarity: str) -> str:
    """The change that says a touchpoint is spoken of like this, whatever a later model makes of the text."""
    change: Row = {"touchpoint": heard.name, "polarity": polarity}
    if len(heard.spans) == 1 and heard.spans[0][1] > heard.spans[0][0]:
        change |= dict(zip(("start", "stop"), heard.spans[0], strict=True))
    return json.dumps(change, ensure_ascii=False)


def denies(heard: Heard) -> str:
    """The change that takes a line away."""
    if heard.layer:
        return json.dumps({"layer": heard.layer, "label": heard.name, "score": None}, ensure_ascii=False)
    return json.dumps({"touchpoint": heard.name, "polarity": None}, ensure_ascii=False)


def turns(signal: Heard) -> str:
    """The change that makes a signal hold, or no more."""
    if signal.holds:
        return denies(signal)
    holds = {"layer": signal.layer, "label": signal.name, "score": 1.0, "probability": 1.0}
    return json.dumps(holds, ensure_ascii=False)


def called(heard: Heard) -> str:
    """What a line or signal is called for people."""
    return CALLED.get((heard.layer, heard.name)) or _say.named(heard.name)


def quoted(voice: Voice, heard: Heard) -> str:
    """The words of a line, where it has words of its own."""
    start, stop = heard.spans[0] if heard.spans else (0, 0)
    words = voice.verbatim.text[start:stop]
    return "" if words == voice.verbatim.text else " ".join(words.split())


def marked(voice: Voice) -> list[tuple[str, str, str]]:
    """The text in pieces: words, the polarity they speak with (empty: none), and of what they speak."""
    text, whole = voice.verbatim.text, (0, len(voice.verbatim.text))
    spans = [(span, each) for each in voice.mentions for span in each.spans if span != whole and span[0] < span[1]]
    edges = sorted({0, len(text), *(place for span, _ in spans for place in span if 0 <= place <= len(text))})
    made = []
    for start, stop in itertools.pairwise(edges):
        over = [each for (first, last), each in spans if first <= start and stop <= last]
        said = ", ".join(f"{_say.named(each.name)}: {TONES[each.polarity]}" for each in over)
        made.append((text[start:stop], over[0].polarity if over else "", said))
    return made

"""Letters as rows: in which conversation, by whom, what they say now; files beside them; what programs wrote, apart."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from email.utils import parseaddr
from typing import Any

from touchstone.core.post import Known, Knows, Sent, called
from touchstone.listen import _mail_automatic, _mail_own
from touchstone.listen._mail_letter import Letter

Row = dict[str, Any]
_ANSWER = re.compile(r"\s*(re|aw|sv|antw|r[ée]f|ynt|vs|odp)(\[\d+\])?\s*:", re.IGNORECASE)


@dataclass
class Said:
    """What a few letters come to."""

    persons: list[Row] = field(default_factory=list)
    interactions: list[Row] = field(default_factory=list)
    enclosed: list[Row] = field(default_factory=list)
    returned: list[Row] = field(default_factory=list)


@dataclass
class Rows:
    """Letters of one mailbox, a few at a time; remembers whose thread is which."""

    source: str
    unit: str | None
    own: str
    reject: Callable[[Row], None]
    _threads: dict[str, str] = field(default_factory=dict)
    _digests: dict[str, str] = field(default_factory=dict)
    _met: set[str] = field(default_factory=set)

    def of(self, letters: Sequence[Letter], knows: Knows) -> Said:
        """The rows of letters; a mail that is there already, or came before in the mailbox, makes none."""
        ids = sorted({id for each in letters for id in (each.id, *each.references)})
        known, said = knows(ids, sorted({each.address for each in letters if each.address})), Said()
        for letter in letters:
            if self._is_new(letter, known):
                self._say(letter, known, said)
        return said

    def _is_new(self, letter: Letter, known: Known) -> bool:
        """Whether a letter is none that is kept; another under the id of one is told of, and not taken for it."""
        digest = known.kept.get(letter.id, self._digests.get(letter.id))
        self._digests.setdefault(letter.id, letter.digest)
        if digest and digest != letter.digest:
            self._refuse(letter, "another mail bears the same Message-ID and says something else")
        return digest is None and letter.id not in known.sent

    def _say(self, letter: Letter, known: Known, said: Said) -> None:
        returned = _mail_automatic.told(letter)
        if returned is not None:
            if any(id in known.sent for id in returned["about"]) or returned["what"] != "automatic":
                said.returned.append(returned)
            else:
                self._refuse(letter, "a program wrote it, and in answer to nothing of ours")
            return
        words = _words(letter)
        if not words:
            self._refuse(letter, "nothing in it: no words, no subject, no file")
            return
        row = self._row(letter, known, words)
        said.interactions.append(row)
        if row["person"] and letter.address not in known.persons and row["person"] not in self._met:
            self._met.add(row["person"])
            if row["person"] == called(letter.address):
                said.persons.append(_person(letter))
        about = {name: row[name] for name in ("source", "source_id", "thread", "unit", "person", "occurred_at")}
        said.enclosed += [about | {"name": name, "content": content} for name, content in letter.files]

    def _row(self, letter: Letter, known: Known, words: str) -> Row:
        before = [known.sent[id] for id in letter.references if id in known.sent]
        ours = letter.address == parseaddr(self.own)[1].casefold() != ""
        person, level = (None, "employee") if ours else _whose(letter, before, known)
        return {
            "source": self.source, "source_id": letter.id, "kind": "message", "channel": "mail",
            "occurred_at": letter.at, "person": person, "level": level,
            "unit": next((each.unit for each in before if each.unit), self.unit),
            "thread": self._thread(letter, before), "reply_to": next(iter(letter.references), None), "text": words,
            "attributes": json.dumps(_attributes(letter, words), ensure_ascii=False),
        }  # fmt: skip

    def _thread(self, letter: Letter, before: Sequence[Sent]) -> str:
        """The conversation of the nearest mail it answers to; else that of the mailbox's own threads, by their root."""
        told = next((each.thread for each in before if each.thread), None)
        seen = next((self._threads[id] for id in letter.references if id in self._threads), None)
        thread = told or seen or (letter.references[-1] if letter.references else letter.id)
        for id in (letter.id, *letter.references):
            self._threads.setdefault(id, thread)
        return thread

    def _refuse(self, letter: Letter, reason: str) -> None:
        record = {"message_id": letter.id, "from": letter.address, "subject": letter.subject, "digest": letter.digest}
        self.reject({"row": letter.id, "reason": reason, "record": record})


def _whose(letter: Letter, before: Sequence[Sent], known: Known) -> tuple[str | None, str]:
    """Who wrote: whom we wrote to where it is their address, else whom the home knows by it, else its own person."""
    who, level = known.persons.get(letter.address, (called(letter.address), ""))
    asked = next((each.person for each in before if each.person and each.address == letter.address), None)
    return asked or who or None, level or "end_customer"


def _person(letter: Letter) -> Row:
    contacts = json.dumps({"email": letter.address}, ensure_ascii=False)
    return {"id": called(letter.address), "name": letter.name or None, "level": "end_customer", "contacts": contacts}


def _words(letter: Letter) -> str:
    """What they say now, under its subject where it opens a conversation; else the subject, or what its files are."""
    own = _mail_own.words(letter.text)
    subject = letter.subject
    if own and (_ANSWER.match(subject) or letter.references or not subject):
        return own
    if own:
        return own if own.startswith(subject) else f"{subject}\n{own}"
    return subject or ", ".join(name for name, _ in letter.files)


def _attributes(letter: Letter, words: str) -> dict[str, Any]:
    """What has no place of its own; `original` is all that it said, with what it quoted, where that is more."""
    told: dict[str, Any] = {
        "subject": letter.subject, "from": letter.address, "from_name": letter.name, "to": list(letter.to),
        "message_id": letter.id, "digest": letter.digest, "original": letter.text if letter.text not in words else "",
    }  # fmt: skip
    return {name: value for name, value in told.items() if value}

"""Of the words of a mail those that its sender wrote now: without what they answer to, and without their signature.

Line by line, once through, and no expression looks further than a few lines: no mail, however made, takes long.
"""

from __future__ import annotations

import re

_QUOTED = re.compile(r"\s{0,3}[>|]")
_SAYS = re.compile(
    r"\b(wrote|writes|schrieb|schreibt|geschrieben|a écrit|escribió|escribio|escreveu|ha scritto|schreef|skrev|"
    r"napisał|napisała|написал|написала)\b[^:]{0,200}:$",
    re.IGNORECASE,
)
_BEGINS = re.compile(r"\s*(on|am|le|el|il|em|op|den|w dniu|\d{1,4}[-./])\b", re.IGNORECASE)
_WHEN = re.compile(r"@|\b(19|20)\d\d\b|\d:\d\d")
_RULE = re.compile(
    r"\s*[-_*=]{2,}\s*(original message|original appointment|forwarded message|ursprüngliche nachricht|"
    r"weitergeleitete nachricht|message d.origine|message transféré|mensaje original|mensagem original|"
    r"messaggio originale|oorspronkelijk bericht)\b|\s*(begin forwarded message|"
    r"anfang der weitergeleiteten nachricht)\s*:",
    re.IGNORECASE,
)
_FROM = re.compile(r"\s*\*?(from|von|de|da|van|från|fra|od)\s?:\*?\s+\S", re.IGNORECASE)
_BESIDE = re.compile(
    r"\s*\*?(sent|date|to|subject|cc|gesendet|datum|an|betreff|envoyé|à|objet|enviado|fecha|para|asunto|assunto|"
    r"inviato|data|a|oggetto|verzonden|aan|onderwerp)\s?:\*?\s+\S",
    re.IGNORECASE,
)
_DEVICE = re.compile(
    r"\s*(sent from (my|mail for|outlook|yahoo|proton|samsung)|get outlook for|von meinem .{1,40} gesendet|"
    r"gesendet mit der|envoyé (de|depuis) (mon|l.application)|enviado desde mi|inviato da|verstuurd vanaf)\b",
    re.IGNORECASE,
)
_LONGEST = 300  # characters of a line that are looked at


def words(text: str) -> str:
    """The sender's own words of now; all of them where nothing of their own would be left (a mail passed on, say)."""
    lines = text.splitlines()
    looked = [line[:_LONGEST] for line in lines]
    kept: list[str] = []
    place = 0
    while place < len(lines) and not _rest_is_theirs(looked, place):
        if looked[place].rstrip() == "--":
            place = _next_quoted(looked, place + 1)
        elif count := _attribution(looked, place):
            if not _quoted_next(looked, place + count):
                break  # what follows is quoted without a mark
            place += count
        else:
            kept += [] if _QUOTED.match(looked[place]) else [lines[place]]
            place += 1
    while kept and (not kept[-1].strip() or _DEVICE.match(kept[-1][:_LONGEST])):
        kept.pop()
    return "\n".join(kept).strip() or text.strip()


def _rest_is_theirs(lines: list[str], at: int) -> bool:
    """Whether all from here on is passed on or answered to: a rule that says so, or the copied head of a mail."""
    if _RULE.match(lines[at]):
        return True
    return bool(_FROM.match(lines[at])) and sum(1 for each in lines[at + 1 : at + 6] if _BESIDE.match(each)) >= 2


def _attribution(lines: list[str], at: int) -> int:
    """Over how many lines from here it is said who wrote what follows, and when; none: 0."""
    for count in (1, 2, 3) if _BEGINS.match(lines[at]) else (1,):
        told = " ".join(lines[at : at + count]).strip()
        if not told.endswith(":") or not _WHEN.search(told):
            continue
        if _SAYS.search(told) or ("@" in told and _quoted_next(lines, at + count)):
            return count
    return 0


def _quoted_next(lines: list[str], at: int) -> bool:
    """Whether one of the next two lines is marked as quoted."""
    return any(map(_QUOTED.match, lines[at : at + 2]))


def _next_quoted(lines: list[str], at: int) -> int:
    """Where the next line stands that is marked as quoted; behind the last where there is none."""
    return next((place for place in range(at, len(lines)) if _QUOTED.match(lines[place])), len(lines))

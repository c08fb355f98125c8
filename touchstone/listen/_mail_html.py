"""The words of an HTML mail as plain text: nothing is run, nothing is loaded, what is hidden is left out.

Not by the standard parser, which takes minutes over a megabyte of tags that never end: here each sign is read once.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape

_SILENT = frozenset(("script", "style", "head", "title", "template", "noscript", "object", "svg", "select", "textarea"))
_BLOCK = frozenset(
    ("p", "div", "br", "tr", "li", "ul", "ol", "table", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "section", "article",
     "header", "footer", "pre", "dl", "dt", "dd", "center", "body", "blockquote")
)  # fmt: skip
_VOID = frozenset(("br", "hr", "img", "input", "meta", "link", "area", "base", "col", "embed", "source", "wbr"))
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d])|mso-hide\s*:\s*all|\shidden(?=[\s=>/]|$)",
    re.IGNORECASE,
)
_TAG = re.compile(r"/?([a-z][a-z0-9:]{0,30})", re.IGNORECASE)
_LONGEST = 4_000  # characters of one tag
_DEEPEST = 200  # elements within one another: what is deeper is read as if it stood there


def text(html: str) -> str:
    """What a reader would see, a line for each block, what is quoted behind `> `; empty for what holds no words."""
    reader, at, ended = _Reader(), 0, False
    while (start := html.find("<", at)) >= 0:
        reader.say(html[at:start])
        if not ended and html.startswith("<!--", start):
            stop = html.find("-->", start)
            ended = stop < 0  # none is closed from here on: looked for once
            at = start + 4 if ended else stop + 3
            continue
        stop = html.find(">", start, start + _LONGEST)
        tag = _TAG.match(html, start + 1)
        if stop < 0 or not (tag or html.startswith(("<!", "<?"), start)):
            reader.say("<")
            at = start + 1
            continue
        if tag:
            reader.mark(tag[1].casefold(), html[start + 1 : stop])
        at = stop + 1
    reader.say(html[at:])
    return reader.told()


@dataclass
class _Reader:
    """Gathers words; knows how many silent and quoted elements it stands in."""

    lines: list[str] = field(default_factory=list)
    line: list[str] = field(default_factory=list)
    within: list[tuple[str, bool]] = field(default_factory=list)  # element, whether it is silent
    silent: int = 0
    quoted: int = 0

    def say(self, words: str) -> None:
        """Words between two tags."""
        if not self.silent:
            self.line.append(words)

    def mark(self, name: str, inside: str) -> None:
        """A tag that opens or closes an element."""
        if name in _BLOCK:
            self._break()
        if inside.startswith("/"):
            self._close(name)
        elif name not in _VOID and not inside.endswith("/") and len(self.within) < _DEEPEST:
            silent = name in _SILENT or bool(_HIDDEN.search(inside))
            self.within.append((name, silent))
            self.silent += silent
            self.quoted += name == "blockquote"

    def told(self) -> str:
        """The lines, at most one of them empty between two that are not."""
        self._break()
        return re.sub(r"\n{3,}", "\n\n", "\n".join(self.lines)).strip()

    def _close(self, name: str) -> None:
        """Ends an element, with what was left open in it; one that was never opened ends nothing."""
        if not any(each == name for each, _ in self.within):
            return
        last = ""
        while last != name:
            last, silent = self.within.pop()
            self.silent -= silent
            self.quoted -= last == "blockquote"

    def _break(self) -> None:
        said = " ".join(unescape("".join(self.line)).replace("\xa0", " ").split())
        self.line.clear()
        if said or (self.lines and self.lines[-1]):
            self.lines.append(f"{'> ' * min(self.quoted, 5)}{said}" if said else "")

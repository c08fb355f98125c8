"""A process that draws charts, one after another: what draws them holds up every other thread of its own process.

It reads a specification a line, and answers each with a line: its SVG, or null where it cannot be drawn.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from contextlib import suppress
from queue import SimpleQueue


class Drawer:
    """The process, begun at once, and anew where it ended; it ends with whoever began it."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._process = _begun()

    def draw(self, text: str) -> str | None:
        """The specification `text` (JSON in one line) as SVG; None where it was not drawn, here or at all."""
        with self._turn:
            try:
                if self._process.poll() is not None:
                    _let_go(self._process)
                    self._process = _begun()
                said = _answered(self._process, text)
            except (OSError, ValueError):  # it ended between the two
                return None
        return said

    def end(self) -> None:
        """Ends the process."""
        with self._turn:
            _let_go(self._process)


class Drawers:
    """So many of them, who draw at once."""

    def __init__(self, count: int) -> None:
        self._all = [Drawer() for _ in range(count)]
        self._free: SimpleQueue[Drawer] = SimpleQueue()
        for each in self._all:
            self._free.put(each)

    def draw(self, text: str) -> str | None:
        """What the first one free draws; None where it did not."""
        one = self._free.get()
        try:
            return one.draw(text)
        finally:
            self._free.put(one)

    def end(self) -> None:
        """Ends all of them."""
        for each in self._all:
            each.end()


def _begun() -> subprocess.Popen[str]:
    """It hears nothing of what interrupts us; that we ended it hears by the end of its input."""
    command = [sys.executable, "-c", f"__import__({__name__!r},fromlist=['work']).work()"]
    return subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8", start_new_session=True
    )


def _let_go(process: subprocess.Popen[str]) -> None:
    """Closes what leads to it, by which it ends, and waits until it has."""
    with suppress(OSError), process:  # a line it did not take any more
        pass


def _answered(process: subprocess.Popen[str], text: str) -> str | None:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(f"{text}\n")
    process.stdin.flush()
    drawn = json.loads(process.stdout.readline())  # an empty line is no JSON: it ended
    return None if drawn is None else str(drawn)


def work() -> None:
    """Answers each line of the input until there are no more; ready once one chart was drawn for nobody."""
    from touchstone.show import _draw  # which asks this file

    _draw.drawn_here('{"mark": "point", "data": {"values": []}}')
    for text in sys.stdin:
        try:
            said: str | None = _draw.drawn_here(text)
        except ValueError:
            said = None
        print(json.dumps(said), flush=True)

"""Charts are drawn by a process of its own, the same as here, and here where it has ended."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import pytest

from touchstone.core.page import Chart, Page
from touchstone.core.viewer import INSIDER
from touchstone.show import _draw, _render
from touchstone.show._drawer import Drawer, Drawers

BARS = {
    "mark": "bar",
    "data": {"values": [{"ä": f"{n} “x”", "n": n} for n in range(40)]},
    "encoding": {"x": {"field": "ä", "type": "nominal"}, "y": {"field": "n", "type": "quantitative"}},
}
ASKED = json.dumps({"width": 400, "height": 200, **BARS})


@pytest.fixture
def drawer() -> Iterator[Drawer]:
    made = Drawer()
    yield made
    made.end()


def test_it_draws_as_we_do(drawer: Drawer) -> None:
    assert drawer.draw(ASKED) == _draw.drawn_here(ASKED)


def test_what_cannot_be_drawn_ends_nothing(drawer: Drawer) -> None:
    assert drawer.draw('{"mark": "no such mark"}') is None
    assert drawer.draw("no JSON") is None
    assert drawer.draw(ASKED)


def test_others_go_on_while_it_draws(drawer: Drawer) -> None:
    drawer.draw(ASKED)
    seen, done = [time.perf_counter()], threading.Event()

    def look() -> None:
        while not done.wait(0.001):
            seen.append(time.perf_counter())

    other = threading.Thread(target=look)
    other.start()
    many = json.dumps({**BARS, "width": 4000, "data": {"values": [{"ä": str(n), "n": n} for n in range(2_000)]}})
    began = time.perf_counter()
    assert drawer.draw(many)
    took = time.perf_counter() - began
    done.set()
    other.join()
    looks = [each for each in seen if began <= each <= began + took]
    assert len(looks) > 5, f"looked {len(looks)} times in {took:.2f} s"  # in one process: not once


def test_one_that_was_killed_is_begun_anew(drawer: Drawer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_draw, "_drawers", [drawer])
    drawer._process.kill()
    chart = Chart("Bars", "", BARS)
    assert _draw.svg(chart).startswith("<svg")  # whoever wants it does not wait for the next one
    drawer._process.wait(timeout=10)
    assert drawer.draw(ASKED)


def test_the_charts_of_a_page_are_drawn_at_once_and_each_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked, both = list[str](), threading.Barrier(2, timeout=20)

    class Two(Drawers):
        """Each waits until the other draws too."""

        def draw(self, text: str) -> str | None:
            asked.append(text)
            both.wait()
            return super().draw(text)

    drawers = Two(2)
    monkeypatch.setattr(_draw, "_drawers", [drawers])
    chart = Chart("Some bars", "", {**BARS, "mark": "point"})
    page = Page("x", "X", "Some bars.", "", (chart,))
    drawn = _render.html(page, viewer=INSIDER)
    drawers.end()
    assert drawn.count("<svg") - drawn.count('<svg class="mark"') == 2
    assert len(set(asked)) == len(asked) == 2


def test_it_ends_with_whoever_began_it() -> None:
    code = (
        "import os; from touchstone.show._drawer import Drawer; print(Drawer()._process.pid, flush=True); os._exit(1)"
    )
    pid = int(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False).stdout)
    ends = time.monotonic() + 20
    while time.monotonic() < ends and _runs(pid):
        time.sleep(0.05)
    assert not _runs(pid)


def _runs(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False

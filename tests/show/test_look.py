"""The look: contrast of the tokens, charts in the page's own colours, and what ships with its licence."""

from __future__ import annotations

import json
import re

import altair
import pytest

from tests.show import _homes
from touchstone import show
from touchstone.core import finder
from touchstone.core.page import Chart
from touchstone.core.viewer import Viewer
from touchstone.show import _draw, _render

STYLE = (_render.STATIC / "touchstone.css").read_text("utf-8")
WORDS = ("ink", "mute", "gold", "good", "mid", "bad")


def tokens(scheme: str) -> dict[str, str]:
    """The colours of one scheme: light, dark or print."""
    start = {
        "light": ":root{color-scheme:light dark",
        "dark": "prefers-color-scheme:dark",
        "print": "@media print{:root",
    }
    block = STYLE[STYLE.index(start[scheme]) :].partition("}")[0]
    return dict(re.findall(r"--(\w+):(#[0-9a-f]{3,6})", block))


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2."""
    lights = sorted((luminance(one), luminance(other)), reverse=True)
    return (lights[0] + 0.05) / (lights[1] + 0.05)


def luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    digits = "".join(each * 2 for each in digits) if len(digits) == 3 else digits
    parts = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", ["light", "dark", "print"])
@pytest.mark.parametrize("ground", ["paper", "card", "band"])
@pytest.mark.parametrize("word", WORDS)
def test_words_can_be_read_on_every_ground(scheme: str, ground: str, word: str) -> None:
    found = tokens(scheme)
    assert contrast(found[word], found[ground]) >= 4.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("mark", ["edge", "rule"])
def test_edges_of_inputs_can_be_seen(scheme: str, mark: str) -> None:
    found = tokens(scheme)
    assert contrast(found[mark], found["paper"]) >= (3 if mark == "edge" else 2.5)


def test_charts_name_the_light_colours_of_the_stylesheet() -> None:
    light = tokens("light")
    assert {name: light[name] for name in _draw.LIGHT} == _draw.LIGHT


def charts() -> list[Chart]:
    shown = [finder.verb("show", name)(_homes.full()) for name in ("units", "changes")]
    shown.append(finder.verb("show", "figure")(_homes.full(), name="rating"))
    return [block for page in shown for block in page.blocks if isinstance(block, Chart)]


def test_specifications_hold_against_the_schema_of_vega_lite() -> None:
    assert len(charts()) >= 4
    for chart in charts():
        altair.LayerChart.from_dict(_draw.chosen(chart.specification, "wide"))


@pytest.mark.parametrize("form", _draw.SIZES)
def test_charts_are_drawn_in_tokens_and_without_inline_style(form: str) -> None:
    for chart in charts():
        drawn = _draw.svg(chart, form=form)
        assert "var(--" in drawn
        assert not [colour for colour in _draw.LIGHT.values() if colour in drawn]
        assert " style=" not in drawn
        assert 'role="img"' in drawn


def test_a_chart_has_one_name_and_nothing_in_it_is_said_in_the_words_of_a_program() -> None:
    for chart in charts():
        drawn = _draw.svg(chart)
        assert len(re.findall(r"aria-(?!hidden)|role=", drawn)) == 2, drawn[:2000]
        assert 'role="img" aria-label=' in drawn


def test_a_chart_is_drawn_once_for_its_content() -> None:
    chart = charts()[0]
    assert _draw.picture(chart, form="wide") is _draw.picture(chart, form="wide")


def test_hostile_names_stay_data_in_charts() -> None:
    page = finder.verb("show", "units")(_homes.hostile())
    text = show.html(page, viewer=Viewer("insider"))
    for found in re.findall(r'<script type="application/json" class="specification">(.*?)</script>', text, re.S):
        assert json.loads(found)
    assert text.count("</script>") == text.count("<script")


def test_what_others_wrote_ships_with_its_licence() -> None:
    listed = (_render.STATIC / "licences" / "README.md").read_text("utf-8")
    for path in sorted(_render.STATIC.rglob("*")):
        if path.suffix in (".woff2", ".ttf") or path.name.endswith(".min.js") or path.name == "vega-interpreter.js":
            family = re.sub(r"-(latin|latin-ext|400|600)\.\w+$", "-", path.name)
            assert f"{family}" in listed, path.name
    assert sum(path.stat().st_size for path in _render.STATIC.rglob("*") if path.is_file()) < 1_600_000

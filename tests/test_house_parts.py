"""Laws 2, 3, 5 and 6: what every source, enricher, page and action keeps to, put to whatever the finder finds."""

from __future__ import annotations

import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pyarrow as pa
import pytest

from tests import _brand
from tests._doors import Person, basic
from tests._figures import TAXONOMY
from tests.act._samples import TWICE
from tests.listen._samples import SAMPLES
from touchstone.core import finder
from touchstone.core.errors import Refused, TouchstoneError
from touchstone.core.tables import ARRIVING, INTERACTION, MENTION, SIGNAL, conform
from touchstone.core.viewer import INSIDER, Viewer
from touchstone.rules import who

SOURCES, ENRICHERS = finder.names("listen"), finder.names("understand")
PAGES, ACTIONS = finder.names("show"), finder.names("act")

# Law 2: every source, given its sample, yields interactions with distinct ids, the same twice, honours `since`, and
# survives the sample cut short.


def heard(name: str, **settings: Any) -> list[dict[str, Any]]:
    """The interactions a source yields, in its order."""
    tables = [conform(each if isinstance(each, list) else pa.table(each), ARRIVING)
              for each in finder.verb("listen", name)(**settings) if not isinstance(each, tuple)]  # fmt: skip
    return [row for table in tables for row in table.to_pylist()]


@pytest.mark.parametrize("name", SOURCES)
def test_a_source_yields_the_same_distinct_interactions_twice(name: str, tmp_path: Path) -> None:
    settings = SAMPLES[name](tmp_path)
    first = heard(name, **settings)
    assert first
    ids = [(row["source"], row["source_id"]) for row in first]
    assert len(set(ids)) == len(ids)
    assert all(source and source_id for source, source_id in ids)
    assert heard(name, **settings) == first


@pytest.mark.parametrize("name", SOURCES)
def test_a_source_honours_since(name: str, tmp_path: Path) -> None:
    settings = SAMPLES[name](tmp_path)
    everything = heard(name, **settings)
    instants = sorted(row["occurred_at"] for row in everything if row["occurred_at"] is not None)
    since = instants[len(instants) // 2]
    later = heard(name, **settings, since=since)
    assert all(row["occurred_at"] is None or row["occurred_at"] >= since for row in later)
    assert 0 < len(later) < len(everything)


@pytest.mark.parametrize("name", SOURCES)
def test_a_source_survives_its_sample_cut_short(name: str, tmp_path: Path) -> None:
    settings = SAMPLES[name](tmp_path)
    whole = Path(str(settings.get("path", "")))
    if not whole.is_file():
        return  # it reads no file
    content = whole.read_bytes()
    for share in (0.0, 0.3, 0.77, 0.98):
        whole.write_bytes(content[: int(len(content) * share)])
        with suppress(TouchstoneError):  # told plainly, or what can be read is read
            heard(name, **settings)


# Law 3: every enricher points only at what it was given; spans lie inside the text; odd text does no harm.

ODD = [
    "",
    " ",
    None,
    "\x00\x01\x02",
    "شكرا لكم على الخدمة الرائعة، الانتظار طويل",
    "\N{WOMAN}\N{ZERO WIDTH JOINER}\N{GIRL} the bill \u202eeht",
    "ﬁne\u0301" * 50,
    "The service adviser was rude, but the waiting area is lovely. " * 3000,
    "a" * 200_000,
    "?!?!?!\n\n\t",
    "1e999",
]


@pytest.fixture(scope="module")
def understood() -> Any:
    from touchstone.language.model import load
    from touchstone.understand import _pass

    compiled = load().compile(TAXONOMY)
    return lambda rows: _pass.read(rows, compiled)


def interactions(texts: list[str | None]) -> pa.Table:
    rows = [
        {"seq": n, "id": f"i{n}", "source": "odd", "source_id": str(n), "text": text} for n, text in enumerate(texts)
    ]
    return conform(rows, INTERACTION)


@pytest.mark.parametrize("name", ENRICHERS)
def test_an_enricher_points_only_at_what_it_was_given(name: str, understood: Any) -> None:
    texts = dict(enumerate(ODD))
    made = finder.verb("understand", name)(understood(interactions(ODD)))
    assert made.schema.equals(MENTION) or made.schema.equals(SIGNAL)
    rows = made.to_pylist()
    assert len({row["id"] for row in rows}) == len(rows)
    for row in rows:
        text = texts[int(row["interaction"][1:])] or ""
        assert row["maker"].startswith(f"{name}@")
        if made.schema.equals(MENTION):
            assert 0 <= row["start"] <= row["stop"] <= len(text)
            assert -1 <= row["sentiment"] <= 1
            assert 0 <= row["confidence"] <= 1
            assert row["touchpoint"] in TAXONOMY.names
        else:
            assert 0 <= row["score"] <= 1


@pytest.mark.parametrize("name", ENRICHERS)
def test_an_enricher_reads_a_text_alike_in_any_company(name: str, understood: Any) -> None:
    def told(batch: pa.Table) -> dict[str, list[dict[str, Any]]]:
        found: dict[str, list[dict[str, Any]]] = {}
        for row in finder.verb("understand", name)(understood(batch)).to_pylist():
            found.setdefault(row["interaction"], []).append(row)
        return found

    batch = interactions([*ODD, *(row["text"] for row in _brand.voices())])
    together, alone = told(batch), {}
    for n in range(len(ODD), len(batch), 7):
        alone |= told(batch.slice(n, 1))
    assert alone == {id: rows for id, rows in together.items() if id in alone}
    assert told(batch.slice(0, 0)) == {}


# Law 5: every page renders as HTML and JSON for each role, with an empty home and a full one; the outsider is refused.

PARTNER = Viewer("partner", ("north",), "a1", "dealer@example")
EXECUTIVE = Viewer("executive", account="a2", name="executive@example")
STAFF = Viewer("partner_staff", ("north",), "a3", "staff@example")


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return _brand.empty(tmp_path_factory.mktemp("empty") / "home")


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("home", ["empty", "brand"])
@pytest.mark.parametrize("viewer", [INSIDER, EXECUTIVE, PARTNER, STAFF], ids=lambda viewer: viewer.role)
def test_a_page_renders_for_each_role(page: str, home: str, viewer: Viewer, request: pytest.FixtureRequest) -> None:
    from touchstone.show import _render

    if not who.may(viewer, who=finder.part("show", page).WHO):
        return  # the doors refuse it: see tests/web/test_pages.py
    shown = finder.verb("show", page)(request.getfixturevalue(home).ask(viewer))
    assert shown.name == page
    assert shown.sentence
    assert "</html>" in _render.html(shown, viewer=viewer)
    assert _render.data(shown)["sentence"] == shown.sentence


@pytest.mark.parametrize("page", PAGES)
def test_a_page_refuses_the_outsider(page: str, nobody: Person) -> None:
    assert "outsider" not in finder.part("show", page).WHO
    assert nobody.get(f"/{page}").status_code == 403
    assert nobody.get(f"/{page}.json").status_code == 403


# Law 6: every action has its doors, refuses the outsider, and done twice is harmless or refused.


@pytest.fixture(scope="module")
def acting(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return _brand.full(tmp_path_factory.mktemp("acting") / "home")


def test_every_action_has_its_four_doors(board: Person) -> None:
    from touchstone import mcp  # dear to import, and needed here alone

    command = [sys.executable, "-m", "touchstone", "act"]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    described = board.get("/api/v1/openapi.json").json()["paths"]
    askers = [INSIDER, PARTNER, Viewer("customer")]
    tools = {each.name for viewer in askers for each in mcp.tools(viewer)}
    assert len({mcp.tool_name(action) for action in ACTIONS} | set(mcp.ROOMS)) == len(ACTIONS) + len(mcp.ROOMS)
    for action in ACTIONS:
        assert f"{action}\t" in listed
        assert f"/api/v1/act/{action}" in described
        assert mcp.tool_name(action) in tools
        may = who.may(INSIDER, who=finder.part("act", action).WHO)
        assert board.get(f"/act/{action}").status_code == (200 if may else 403)


@pytest.mark.parametrize("action", ACTIONS)
def test_an_action_refuses_the_outsider(action: str, address: str) -> None:
    url = f"{address}/api/v1/act/{action}"
    assert httpx.post(url, json={}, headers=basic("nobody@example")).status_code == 403
    assert httpx.post(url, json={}).status_code == 401
    assert httpx.get(f"{address}/act/{action}").status_code == 303


@pytest.mark.parametrize("action", ACTIONS)
def test_an_action_done_twice_is_harmless_or_refused(
    action: str, acting: Any, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    if action == "run":
        request.getfixturevalue("few_measures")
    fields = TWICE[action](acting, tmp_path)
    acting.act(action, **fields)
    before = state(acting)
    with suppress(Refused):
        acting.act(action, **fields)
    assert state(acting) == before


def state(home: Any) -> dict[str, Any]:
    """What a home holds, but for the log of what was done."""
    from touchstone.store import tables

    home.store.derive()
    ask = home.ask()
    lake = {
        name: ask.lake(f"select * from {name} order by id").to_pylist() for name in ("interaction", "mention", "metric")
    }
    kept = {each.name: ask.record(each.select()) for each in (tables.account, tables.unit, tables.correction)}
    return lake | kept

"""The door for assistants, spoken to by the protocol's own client: the same rights and words as every other door."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import anyio
import httpx
import httpx2
import pytest
from mcp import Client, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.exceptions import MCPError

from tests import _brand
from tests._doors import basic, served
from touchstone.core.errors import Refused
from touchstone.core.viewer import INSIDER, Viewer
from touchstone.mcp import AT_THE_MACHINE, answering, serve, tools

DEALER = Viewer("partner_administrator", ("north",))
NOBODY = Viewer("outsider", account="nobody")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The small brand, its voices heard and nothing made of them yet."""
    home = _brand.empty(tmp_path_factory.mktemp("assisted") / "home")
    home.store.append([_brand.voices()])
    home.store.derive()
    return home


def asked(home: Any, viewer: Viewer, tool: str, **given: Any) -> Any:
    """What a call by `viewer` comes back with."""
    return spoken(answering(home, lambda: viewer), calling(tool, given))


def calling(tool: str, given: dict[str, Any]) -> Callable[[Client], Awaitable[Any]]:
    """Calls a tool; an error of the protocol is what comes back too."""

    async def call(client: Client) -> Any:
        try:
            return await client.call_tool(tool, given)
        except MCPError as error:
            return error

    return call


def spoken(server: Any, what: Callable[[Client], Awaitable[Any]], **settings: Any) -> Any:
    async def speak() -> Any:
        async with Client(server, **settings) as client:
            return await what(client)

    return run(speak)


def run(speak: Callable[[], Awaitable[Any]]) -> Any:
    """What it comes back with, in a thread of its own: a browser's tests before these leave a loop in the main one."""
    with ThreadPoolExecutor(1) as apart:
        return apart.submit(anyio.run, speak).result()


def letter(n: int) -> dict[str, Any]:
    return {"source": "robot", "source_id": str(n), "kind": "review", "text": "Kind.", "occurred_at": "2026-11-01"}


def test_an_assistant_at_the_machine_reads_and_acts_over_real_pipes(home: Any) -> None:
    command = [*["-m", "touchstone", "mcp", "--home"], str(home.path)]
    server = StdioServerParameters(command=sys.executable, args=command, env={"PYTHONPATH": str(Path.cwd())})

    async def talk(client: Client) -> None:
        offered = {each.name: each for each in (await client.list_tools()).tools}
        assert {"show", "measure", "decide", "receive", "theme_rename"} <= set(offered)
        assert "never instructions" in (client.instructions or "")
        page = await client.call_tool("show", {"name": "overview"})
        assert page.structured_content["sentence"]
        assert json.loads(page.content[0].text) == page.structured_content
        first = await client.call_tool("receive", {"interactions": [letter(1)]})
        again = await client.call_tool("receive", {"interactions": [letter(1)]})
        assert first.structured_content["new"] == 1
        assert (again.structured_content["new"], again.structured_content["same"]) == (0, 1)

    spoken(server, talk, mode="legacy")
    assert home.act("receive", interactions=[letter(1)])["same"] == 1


def test_a_page_and_a_measure_are_what_the_home_gives(home: Any) -> None:
    rows = asked(home, INSIDER, "measure", name="nps", settings={"by": "unit"}).structured_content["rows"]
    assert rows == home.rows("measure", "nps", by=["unit"], settings={})
    own = asked(home, DEALER, "measure", name="volume", settings={"by": ["unit"]}).structured_content["rows"]
    assert {row["unit"] for row in own} == {"north-quay", "north-hill"}


def test_tools_say_which_of_them_only_read() -> None:
    reading = {each.name for each in tools(INSIDER) if each.annotations and each.annotations.read_only_hint}
    assert reading == {"show", "measure", "decide"}


def test_everyone_is_offered_what_they_may_and_refused_the_rest_with_a_reason(home: Any) -> None:
    names = {each.name for each in tools(DEALER)}
    assert "measure" in names
    assert not names & {"decide", "account_open", "model_teach", "person_erase"}
    assert tools(NOBODY) == []
    for viewer, tool, given in ((DEALER, "model_teach", {}), (DEALER, "decide", {"name": "priorities"}),
                                (NOBODY, "show", {"name": "overview"})):  # fmt: skip
        refused = asked(home, viewer, tool, **given)
        assert refused.is_error
        assert refused.structured_content.keys() >= {"detail", "todo"}


def test_accounts_and_keys_take_a_person_not_an_assistant(home: Any) -> None:
    names = {each.name for each in tools(AT_THE_MACHINE)}
    assert not {name for name in names if name.startswith(("account_", "key_", "passkey_", "second_factor_"))}
    refused = asked(home, AT_THE_MACHINE, "account_open", name="made@example", role="insider")
    assert "account.open" in refused.structured_content["detail"]


def test_a_key_is_its_scopes(home: Any) -> None:
    keyed = Viewer("administrator", key="k", scopes=("measure",))
    assert [each.name for each in tools(keyed)] == ["measure"]
    assert asked(home, keyed, "show", name="overview").is_error
    assert asked(home, keyed, "receive", interactions=[letter(2)]).is_error


WRONG = [
    ("measure", {"name": "nps", "settings": {"colour": "red"}}, "colour"),
    ("measure", {"name": "none"}, "name"),
    ("measure", {"name": ["nps"]}, "name"),
    ("measure", {"name": "nps", "by": "unit"}, "by"),
    ("show", {"name": "overview", "settings": "all"}, "settings"),
    ("theme_rename", {"theme": "none"}, "name"),
    ("theme.rename", {"theme": "none", "colour": 1}, "colour"),
]


@pytest.mark.parametrize(("tool", "given", "field"), WRONG, ids=range(len(WRONG)))
def test_what_is_wrong_is_told_beside_its_field(home: Any, tool: str, given: dict[str, Any], field: str) -> None:
    answer = asked(home, INSIDER, tool, **given)
    assert answer.is_error
    assert answer.structured_content["field"] == field
    assert answer.structured_content["todo"]


def test_files_of_the_machine_stay_on_it(home: Any) -> None:
    answer = asked(home, AT_THE_MACHINE, "read", file="secret.key")
    assert answer.is_error
    assert "machine" in answer.structured_content["detail"]


@pytest.mark.parametrize("tool", ["nothing", "", "_clock", "../act"])
def test_there_is_no_such_tool(home: Any, tool: str) -> None:
    told = asked(home, INSIDER, tool)
    assert isinstance(told, MCPError)
    assert "no tool" in str(told)


@pytest.mark.parametrize("mode", ["legacy", "auto"])
def test_an_error_nobody_foresaw_tells_nothing_but_its_number(home: Any, mode: str) -> None:
    def broken() -> Viewer:
        raise RuntimeError("the secret")

    told = spoken(answering(home, broken), calling("show", {"name": "overview"}), mode=mode)
    assert isinstance(told, MCPError)
    assert re.search("number [0-9a-f]{8}", str(told))
    assert "secret" not in str(told)


def test_a_key_that_opens_nothing_does_not_start(home: Any) -> None:
    with pytest.raises(Refused, match="opens nothing"):
        serve(home, key="ts_nothing")


@pytest.fixture(scope="module")
def address(home: Any) -> Iterator[str]:
    with served(home) as where:
        yield where


def made(home: Any, label: str, *scopes: str, name: str = "board@example") -> dict[str, str]:
    """The header of a new key."""
    return {"Authorization": f"Bearer {home.act('key.make', label=label, scopes=scopes, name=name)['key']}"}


def over_http(address: str, headers: dict[str, str], what: Callable[[Client], Awaitable[Any]], mode: Any) -> Any:
    async def speak() -> Any:
        async with httpx2.AsyncClient(headers=headers, trust_env=False, timeout=60) as http:
            transport = streamable_http_client(f"{address}/mcp", http_client=http)
            async with Client(transport, mode=mode) as client:
                return await what(client)

    return run(speak)


@pytest.mark.parametrize("mode", ["legacy", "auto"])
def test_an_assistant_comes_over_http_with_a_key(home: Any, address: str, mode: str) -> None:
    async def talk(client: Client) -> None:
        assert "theme_rename" in {each.name for each in (await client.list_tools()).tools}
        given = {"interactions": [letter(len(mode))]}
        counts = [(await client.call_tool("receive", given)).structured_content for _ in range(2)]
        assert [each["same"] for each in counts] == [0, 1]
        refused = await client.call_tool("account_open", {"name": "made@example", "role": "insider"})
        assert refused.is_error

    over_http(address, made(home, f"assistant {mode}", "read", "act"), talk, mode)


def test_over_http_a_dealer_reads_their_own_and_nothing_more(home: Any, address: str) -> None:
    async def talk(client: Client) -> Any:
        assert {each.name for each in (await client.list_tools()).tools} == {"show", "measure"}
        asked = {"name": "volume", "settings": {"by": "unit"}}
        return (await client.call_tool("measure", asked)).structured_content["rows"]

    rows = over_http(address, made(home, "dealer's", "read", name="dealer@example"), talk, "legacy")
    assert {row["unit"] for row in rows} == {"north-quay", "north-hill"}


PING = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
BOTH = {"Accept": "application/json, text/event-stream"}


def test_without_a_key_or_from_another_site_nothing_is_answered(home: Any, address: str) -> None:
    key, nobody = made(home, "guarded", "read"), made(home, "nobody's", "read", name="nobody@example")
    elsewhere = {"Origin": "https://elsewhere.example"}
    given = [({}, 401), (basic("board@example"), 401), ({"Authorization": "Bearer ts_none"}, 401), (nobody, 403),
             (key | elsewhere, 403), (key | {"Sec-Fetch-Site": "cross-site"}, 403),
             (key | {"Host": "elsewhere.example"}, 400), (key | {"Origin": address}, 200), (key, 200)]  # fmt: skip
    url = f"{address}/mcp"
    assert [httpx.post(url, json=PING, headers=BOTH | each).status_code for each, _ in given] == [to for _, to in given]
    assert [httpx.request(method, url, headers=key).status_code for method in ("GET", "DELETE")] == [405, 405]
    assert httpx.post(url, json=PING, headers=BOTH).headers["www-authenticate"].startswith("Bearer")


def test_a_message_that_is_none_does_no_harm(home: Any, address: str) -> None:
    key = BOTH | made(home, "hostile", "read") | {"Content-Type": "application/json"}
    bodies = [b"", b"{", b"[]", b"null", b"[" * 100_000, b"\xff\xfe", b" " * (5 * 1024 * 1024)]
    answers = [httpx.post(f"{address}/mcp", content=body, headers=key, timeout=60).status_code for body in bodies]
    assert all(400 <= status < 500 for status in answers), answers


def test_a_key_that_was_ended_ends_the_assistant(home: Any, address: str) -> None:
    made_one = home.act("key.make", label="short", scopes=["read"], name="board@example")
    key = {"Authorization": f"Bearer {made_one['key']}"}
    assert httpx.post(f"{address}/mcp", json=PING, headers=BOTH | key).status_code == 200
    home.act("key.end", key=made_one["id"], name="board@example")
    assert httpx.post(f"{address}/mcp", json=PING, headers=BOTH | key).status_code == 401

"""What guards every answer: headers, host names, static files, the limit on bodies."""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx
import pytest

from tests._doors import Person, basic
from touchstone.core import finder
from touchstone.web.guard import BODY_LIMIT

PAGES = finder.names("show")


@pytest.mark.parametrize(
    "path", ["/", "/sign-in", "/nowhere", "/api/v1/measure", "/static/touchstone.css", "/static/none"]
)
def test_every_answer_is_guarded(stranger: Person, path: str) -> None:
    headers = stranger.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"


@pytest.mark.parametrize("page", PAGES)
def test_a_page_keeps_to_its_own_policy(board: Person, page: str) -> None:
    text = board.get(f"/{page}").text
    assert not re.search(r"<[^>]*\s(style|on\w+)\s*=", text), "an inline style or handler would be blocked"
    assert not re.search(r"<style|(src|href)=\"https?://(?!127)", text.partition("<main")[0])
    assert not re.search(r"<script(?![^>]*(src=|application/json))", text)


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", ""])
def test_only_our_own_names_are_answered_to(stranger: Person, host: str) -> None:
    assert stranger.get("/sign-in", headers={"Host": host}).status_code == 400


@pytest.mark.parametrize(
    "path",
    [
        "/static/../../core/viewer.py",
        "/static/%2e%2e/%2e%2e/core/viewer.py",
        "/static/..%2f_render.py",
        "/static//etc/passwd",
        "/static/%00",
    ],
)
def test_static_files_are_only_ours(address: str, path: str) -> None:
    with httpx.Client() as plain:
        request = plain.build_request("GET", address)
        request.url = request.url.copy_with(raw_path=path.encode())
        assert plain.send(request).status_code in (303, 404)


def test_a_body_has_its_limit(stranger: Person) -> None:
    too_much = b"x" * (BODY_LIMIT + 1)
    said = stranger.post("/api/v1/interactions", content=too_much)
    assert said.status_code == 413

    def unsaid() -> Iterator[bytes]:
        yield from (too_much[start : start + 2**20] for start in range(0, len(too_much), 2**20))

    headers = {**basic("board@example"), "Content-Type": "application/json"}
    assert stranger.post("/api/v1/interactions", content=unsaid(), headers=headers).status_code == 413


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "POST"])
def test_pages_are_only_read(board: Person, method: str) -> None:
    assert board.request(method, "/overview").status_code == 405


@pytest.mark.parametrize("path", ["/", "/sign-in", "/nowhere", "/overview", "/overview.json", "/static/touchstone.css"])
def test_a_head_is_that_of_the_page_without_its_body(board: Person, path: str) -> None:
    read, head = board.get(path), board.request("HEAD", path)
    assert (head.status_code, head.content) == (read.status_code, b"")
    assert head.headers.get("content-length") == read.headers.get("content-length")
    assert head.headers.get("content-type") == read.headers.get("content-type")

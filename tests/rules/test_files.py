"""A file is told by what is in it: what it is called must agree, and nothing that runs gets in."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from touchstone.core.errors import Refused
from touchstone.rules import files


def office(*names: str, mimetype: str = "") -> bytes:
    """A packed office file with these parts."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        if mimetype:
            file.writestr("mimetype", mimetype)
        for name in names:
            file.writestr(name, "x")
    return made.getvalue()


WORD = office("[Content_Types].xml", "word/document.xml")
TEXT = office(mimetype="application/vnd.oasis.opendocument.text")
GOOD = {
    "bill.pdf": (b"%PDF-1.7\n41.20", "application/pdf"),
    "car.png": (b"\x89PNG\r\n\x1a\n....", "image/png"),
    "car.JPG": (b"\xff\xd8\xff\xe0..", "image/jpeg"),
    "car.gif": (b"GIF89a..", "image/gif"),
    "car.webp": (b"RIFF\x10\x00\x00\x00WEBP", "image/webp"),
    "car.heic": (b"\x00\x00\x00\x18ftypheic", "image/heic"),
    "note.txt": ("Grüße, καλημέρα".encode(), "text/plain"),
    "list.csv": (b"a;b\r\n1;2\r\n", "text/csv"),
    "offer.docx": (WORD, files.KINDS["docx"][0]),
    "offer.odt": (TEXT, files.KINDS["odt"][0]),
}


@pytest.mark.parametrize("name", GOOD)
def test_the_usual_kinds_are_known_by_their_content(name: str) -> None:
    content, media_type = GOOD[name]
    assert files.checked(name, content, types=files.KINDS) == (name, media_type)


BAD = {
    "run.pdf": b"MZ\x90\x00\x03",
    "run.txt": b"\x7fELF\x02\x01",
    "run.png": b"#!/bin/sh\nrm -rf /\n",
    "page.html": b"<script>alert(1)</script>",
    "bill.exe": b"%PDF-1.7",
    "note.bat": b"del *.*",
    "macros.docx": office("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"),
    "macros.odt": office("Basic/Standard/Module1.xml", mimetype="application/vnd.oasis.opendocument.text"),
    "packed.zip": office("a.txt"),
    "packed.docx": office("a.txt"),
    "torn.docx": WORD[: len(WORD) // 2],
    "empty.txt": b"",
    "bill": b"%PDF-1.7",
}


@pytest.mark.parametrize("name", BAD)
def test_what_runs_or_is_not_what_its_name_says_is_refused(name: str) -> None:
    with pytest.raises(Refused) as refused:
        files.checked(name, BAD[name], types=files.KINDS)
    assert refused.value.field == "files"


def test_a_kind_that_the_settings_leave_out_is_refused() -> None:
    with pytest.raises(Refused, match="no kind"):
        files.checked("bill.pdf", GOOD["bill.pdf"][0], types=["png"])


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/bill.pdf", "bill.pdf"),
        ("C:\\Users\\ann\\bill.pdf", "bill.pdf"),
        ("bi\x00ll\u202e\r\nSet-Cookie: x.pdf", "bi ll Set-Cookie: x.pdf"),
        (".htaccess.pdf", "htaccess.pdf"),
    ],
)
def test_a_name_is_kept_without_folders_and_unseen_signs(given: str, kept: str) -> None:
    assert files.checked(given, b"%PDF-1.7", types=["pdf"])[0] == kept


@given(st.binary(max_size=300), st.text(max_size=200))
def test_any_content_under_any_name_is_taken_as_a_known_kind_or_refused(content: bytes, name: str) -> None:
    try:
        kept, media_type = files.checked(name, content, types=files.KINDS)
    except Refused:
        return
    ending = kept.rpartition(".")[2].casefold()
    assert any(ending in endings and kind == media_type for kind, endings in files.KINDS.values())
    assert len(kept) <= files.LONGEST
    assert not set(kept) & set("/\\\r\n\x00")

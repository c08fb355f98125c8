"""The door that anyone may pass: it opens a survey by its link, and nothing else to anybody."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests import _brand
from tests._doors import Person, served
from touchstone.core import finder
from touchstone.rules import throttle
from touchstone.rules.surveys import LANGUAGES
from touchstone.web import surveys as door

FRAMED = {"hosts": ["https://shop.example"]}


@pytest.fixture(scope="module")
def open_home(tmp_path_factory: pytest.TempPathFactory) -> Any:
    home = _brand.empty(tmp_path_factory.mktemp("surveys") / "home")
    person = {"id": "ann", "contacts": '{"email": "ann@example.org"}', "consents": '{"survey": "granted"}'}
    home.store.put("person", [person])
    return home


@pytest.fixture(scope="module")
def where(open_home: Any) -> Iterator[str]:
    with served(open_home) as address:
        yield address


@pytest.fixture
def passer(where: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Person]:
    monkeypatch.setattr(door, "SENT", throttle.Tries())
    with Person(where) as person:
        yield person


def made(home: Any, **fields: Any) -> str:
    id: str = home.act("survey.make", **{"languages": list(LANGUAGES), "unit": ["south"], **fields})["surveys"][0]["id"]
    return id


def form(page: str) -> str:
    found = re.search(r'name="form" value="([^"]+)"', page)
    assert found
    return found[1]


def sent(passer: Person, address: str, **answers: str) -> Any:
    page = passer.get(address).text
    data = {"form": form(page), **{f"a.{name}": text for name, text in answers.items()}}
    return passer.post(address, data=data)


def test_the_whole_page_is_one_file_under_30_kilobytes_that_loads_nothing(passer: Person, open_home: Any) -> None:
    answer = passer.get(f"/s/{made(open_home, touchpoint=['parking'])}", headers={"Accept-Language": "fr"})
    assert answer.status_code == 200
    assert len(answer.content) < 30_000
    assert not re.search(r"<script|<link|<img|@import|url\(|src=|\bon[a-z]+=", answer.text)
    policy = answer.headers["Content-Security-Policy"]
    assert "script-src" not in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert '<html lang="fr">' in answer.text
    assert "South Gate · parking" in answer.text


def test_every_input_has_a_label_and_every_scale_a_legend(passer: Person, open_home: Any) -> None:
    page = passer.get(f"/s/{made(open_home)}").text
    radios = re.findall(r'<label class="pick"><input type="radio"[^>]*><span>[^<]+</span></label>', page)
    assert len(radios) == page.count('type="radio"') == 16
    assert page.count("<fieldset") == page.count("</fieldset>") == 4
    assert page.count("<legend>") == 2
    for id in re.findall(r'<textarea id="([^"]+)"', page):
        assert f'for="{id}"' in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_passer_by_answers_in_their_language_without_account_cookie_or_script(
    passer: Person, open_home: Any, language: str
) -> None:
    id = made(open_home, name=f"in {language}")
    page = passer.get(f"/s/{id}?language={language}").text
    thanks = passer.post(f"/s/{id}", data={"form": form(page), "language": language, "a.score": "4"})
    assert thanks.status_code == 200
    assert f'<html lang="{language}">' in thanks.text
    assert "<form" not in thanks.text
    assert not passer.cookies


def test_a_form_sent_twice_is_one_answer(passer: Person, open_home: Any) -> None:
    id = made(open_home, name="twice")
    data = {"form": form(passer.get(f"/s/{id}").text), "a.score": "4"}
    assert [passer.post(f"/s/{id}", data=data).status_code for _ in range(2)] == [200, 200]
    assert "1 answer so far" in open_home.page("survey", id=id).sentence


def test_what_is_wrong_is_said_beside_its_question_and_nothing_is_lost(passer: Person, open_home: Any) -> None:
    answer = sent(passer, f"/s/{made(open_home)}", score="12", better="<script>alert(1)</script>")
    assert answer.status_code == 422
    assert 'id="e-score" role="alert"' in answer.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in answer.text
    assert "<script" not in answer.text


def test_hostile_words_are_kept_as_words(passer: Person, open_home: Any) -> None:
    id = made(open_home, name="hostile")
    text = "'); drop table interaction; -- <img src=x onerror=alert(1)> {{7*7}} \u202e"
    assert sent(passer, f"/s/{id}", score="2", better=text).status_code == 200
    open_home.store.derive()
    rows = open_home.ask().lake("select text from interaction where thread like ?", [f"{id}.%"]).to_pylist()
    assert [row["text"] for row in rows] == [text]


def test_a_form_of_another_survey_or_made_up_is_shown_again_not_taken(passer: Person, open_home: Any) -> None:
    one, other = made(open_home, name="one"), made(open_home, name="other")
    for stray in (form(passer.get(f"/s/{other}").text), "made.up", ""):
        answer = passer.post(f"/s/{one}", data={"form": stray, "a.score": "4"})
        assert answer.status_code == 422
        assert re.search(r'value="4" checked', answer.text)
    assert "no answer" in open_home.page("survey", id=one).sentence


def test_another_site_cannot_make_a_browser_answer(passer: Person, open_home: Any) -> None:
    id = made(open_home)
    page = passer.get(f"/s/{id}").text
    with Person(str(passer.base_url)) as other:
        answer = other.post(
            f"/s/{id}", data={"form": form(page), "a.score": "4"}, headers={"Sec-Fetch-Site": "cross-site"}
        )
    assert answer.status_code == 403


def test_an_invitation_is_answered_once(passer: Person, open_home: Any) -> None:
    from touchstone.store._live_surveys import invitation

    id = made(open_home, name="by invitation", anyone=False)
    assert passer.get(f"/s/{id}").status_code == 404
    open_home.act("survey.invite", survey=id, person=["ann"])
    own = open_home.ask().record(invitation.select().where(invitation.c.survey == id))[0]["id"]
    assert 'name="stop"' in passer.get(f"/s/{own}").text
    assert sent(passer, f"/s/{own}", score="9").status_code == 200
    assert passer.get(f"/s/{own}").status_code == 410
    assert passer.get(f"/s/{own}/code.svg").status_code == 404


def test_only_the_sites_it_names_may_frame_a_survey(passer: Person, open_home: Any) -> None:
    id = made(open_home, **FRAMED)
    framed, plain = passer.get(f"/s/{id}/embed"), passer.get(f"/s/{id}")
    assert "frame-ancestors https://shop.example" in framed.headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in framed.headers
    assert plain.headers["X-Frame-Options"] == "DENY"
    assert passer.get(f"/s/{made(open_home)}/embed").headers["X-Frame-Options"] == "DENY"
    assert f'action="/s/{id}/embed"' in framed.text


def test_too_many_answers_from_one_address_wait(passer: Person, open_home: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(door, "FREE", 3)
    id = made(open_home, name="busy")
    codes = [sent(passer, f"/s/{id}", score="4").status_code for _ in range(4)]
    assert codes == [200, 200, 200, 429]


@pytest.mark.parametrize("token", ["nothing", "..%2f..%2fsecret.key", "'%20or%201=1", "%00", "x" * 3000])
def test_a_link_that_leads_nowhere_says_so(passer: Person, token: str) -> None:
    answer = passer.get(f"/s/{token}")
    assert answer.status_code == 404


def test_odd_bodies_do_no_harm(passer: Person, open_home: Any) -> None:
    address = f"/s/{made(open_home)}"
    assert passer.post(address, content=b"\xff\xfe" * 50).status_code in (400, 422)
    assert passer.post(address, data={"a.better": "x" * 300_000}).status_code == 413
    assert passer.post(address, data={f"a.q{n}": "x" for n in range(500)}).status_code in (400, 422)
    for name in ("a.", "a.score.words", "form", "language"):
        assert passer.post(address, data={name: "\x00\u202e"}).status_code == 422


def test_the_code_is_a_picture_that_leads_to_the_survey(passer: Person, open_home: Any) -> None:
    answer = passer.get(f"/s/{made(open_home)}/code.svg")
    assert answer.headers["Content-Type"].startswith("image/svg+xml")
    assert "<script" not in answer.text


def test_no_page_and_no_other_action_opens_to_whoever_has_a_survey(where: str, open_home: Any) -> None:
    id = made(open_home)
    with Person(where) as person:
        person.get(f"/s/{id}")
        for page in finder.names("show"):
            assert person.get(f"/{page}").status_code == 303
            assert person.get(f"/{page}.json").status_code == 401
            assert person.get(f"/s/{page}").status_code == 404
        for action in finder.names("act"):
            assert person.post(f"/api/v1/act/{action}", json={"survey": id}).status_code == 401
            assert person.post(f"/s/{action}", data={"survey": id}).status_code in (404, 422)


def test_who_answers_reads_what_it_is_about_in_the_language_they_answer_in(passer: Person, open_home: Any) -> None:
    id = made(open_home, name="about parking", touchpoint=["parking"])
    assert "South Gate · Parken" in passer.get(f"/s/{id}?language=de").text
    assert "South Gate · parking" in passer.get(f"/s/{id}?language=en").text


def test_the_sheet_is_in_the_language_of_its_survey_whoever_prints_it(open_home: Any) -> None:
    from touchstone.core.viewer import INSIDER
    from touchstone.show import _render

    for languages, there in ((["en", "de"], "Tell us how it was"), (["de", "en"], "South Gate · Parken")):
        id = made(open_home, name=f"sheet {languages}", touchpoint=["parking"], languages=languages)
        drawn = _render.html(open_home.page("survey", id=id), viewer=INSIDER, language="de")
        assert there in drawn
        assert "Drucken Sie diese Seite" in drawn


def test_the_sheet_tells_its_link_code_and_snippet(open_home: Any) -> None:
    from touchstone.core.viewer import INSIDER
    from touchstone.show import _render

    page = open_home.page("survey", id=made(open_home, name="sheet", **FRAMED))
    html = _render.html(page, viewer=INSIDER)
    assert "&lt;iframe src=" in html
    assert "data:image/svg+xml;base64," in html
    assert "Close this survey" in html

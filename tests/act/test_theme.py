"""People edit themes; what they decide is seen at once and stands over every run."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from tests._search import holding
from tests.connect.test_themes import PLANTED, START, said
from touchstone.act._examples import keep
from touchstone.act._journey import STEPS, connected
from touchstone.act._themes import known
from touchstone.core import finder, taxonomy
from touchstone.core.errors import Refused
from touchstone.store.home import create_store, open_store

RUN = ("derive", "understand", "connect")


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with themes that nobody has edited."""
    path = tmp_path_factory.mktemp("themes") / "home"
    store = create_store(path, taxonomy=taxonomy.load("auto_dealer"))
    rows, _ = said(300)
    store.append([[{"source_id": row["id"], "text": row["text"].split(". ")[1], "occurred_at": row["occurred_at"]}
                   for row in rows]], source="letters")  # fmt: skip
    STEPS["derive"](store)
    connected(store, "themes")
    store.close()
    return path


@pytest.fixture
def store(first: Path, tmp_path: Path) -> Any:
    shutil.copytree(first, tmp_path / "home")
    made = open_store(tmp_path / "home")
    yield made
    made.close()


def do(store: Any, action: str, /, **fields: Any) -> Any:
    return finder.verb("act", action)(store, **fields)


def called(store: Any) -> dict[str, int]:
    return {detail["name"]: detail["texts"] for detail in known(store).values()}


def about(store: Any, word: str) -> str:
    """The id of the theme that is told by this word."""
    return next(id for id, detail in known(store).items() if word in detail["words"])


def test_a_name_is_seen_at_once_stands_over_a_later_run_and_is_kept_once(store: Any):
    dog = about(store, "puppy")
    first = do(store, "theme.rename", theme=dog, name="  Dogs   welcome ")
    assert first["new"]
    assert do(store, "theme.rename", theme=dog, name="Dogs welcome") == {**first, "new": False}
    texts = called(store)["Dogs welcome"]
    connected(store, "themes")
    assert called(store)["Dogs welcome"] == texts
    store.replace("link", "themes", [])  # all that a run had found is lost: the theme is known by its words
    connected(store, "themes")
    assert "Dogs welcome" in called(store)
    do(store, "theme.undo", decision=first["decision"])
    assert "Dogs welcome" not in called(store)


def test_merged_themes_count_together_and_undone_each_is_as_before(store: Any):
    before = called(store)
    dog, choir = about(store, "puppy"), about(store, "choir")
    sizes = {id: known(store)[id]["texts"] for id in (dog, choir)}
    made = do(store, "theme.merge", theme=choir, into=dog)
    assert known(store)[dog]["texts"] == sum(sizes.values())
    assert choir not in known(store)
    do(store, "theme.undo", decision=made["decision"])
    assert called(store).items() >= before.items()
    with pytest.raises(Refused):
        do(store, "theme.undo", decision=made["decision"])


def test_a_split_takes_the_texts_that_say_a_word_and_words_nobody_says_are_refused(store: Any):
    dog = about(store, "puppy")
    whole = known(store)[dog]["texts"]
    made = do(store, "theme.split", theme=dog, words="Puppy")
    parts = known(store)
    assert parts[made["theme"]]["texts"] + parts[dog]["texts"] == whole
    assert "puppy" not in parts[dog]["words"]
    with pytest.raises(Refused):
        do(store, "theme.split", theme=dog, words="voltage")
    assert known(store)[dog]["texts"] == parts[dog]["texts"]


def test_what_is_dismissed_is_gone_in_later_runs_too(store: Any):
    dog = about(store, "puppy")
    do(store, "theme.dismiss", theme=dog)
    connected(store, "themes")
    assert dog not in known(store)
    assert not any("puppy" in detail["words"] for detail in known(store).values())


def test_a_promoted_theme_is_a_touchpoint_that_is_heard_after_the_next_run(store: Any):
    dog = about(store, "puppy")
    made = do(
        store, "theme.promote", theme=dog, touchpoint="dogs", description="Dogs of customers, and where they wait."
    )
    assert made["examples"] > 0
    assert set(store.taxonomy.find("dogs").words["en"]) <= set(PLANTED["dog"].split())
    assert store.taxonomy.find("dogs") is not None
    for step in RUN:
        STEPS[step](store)
    heard = store.ask().lake("select count(distinct interaction) as n from mention where touchpoint = 'dogs'")
    assert heard["n"][0].as_py() > 20
    again = do(store, "theme.promote", theme=about(store, "choir"), touchpoint="Dogs")
    assert again["touchpoint"] == "dogs"
    assert [each.name for each in store.taxonomy].count("dogs") == 1


def test_of_who_is_erased_no_theme_and_no_decision_keeps_a_word_that_only_they_said(store: Any):
    shout = "Zanzibarian leash calamity, says Quillfeather"
    store.put("person", [{"id": "p9", "name": "Ada Quillfeather"}])
    row = {"source_id": "own", "text": f"The dog has a leash. {shout}", "person": "p9"}
    store.append([[row | {"occurred_at": START}]], source="letters")
    STEPS["derive"](store)
    connected(store, "themes")
    dog = about(store, "puppy")
    do(store, "theme.rename", theme=dog, name="Zanzibarian leash calamity")
    do(store, "theme.rename", theme=about(store, "choir"), name="What Quillfeather sang")
    kept = do(store, "theme.rename", theme=about(store, "voltage"), name="Charger")
    store.erase("p9")
    assert not holding(store.path, ["Zanzibarian", "calamity", "Quillfeather"])
    assert [row["id"] for row in store.corrections(table="theme")] == [kept["decision"]]
    connected(store, "themes")
    assert "Charger" in called(store)
    assert not holding(store.path, ["Zanzibarian", "calamity", "Quillfeather"])


def test_of_who_is_erased_no_promoted_touchpoint_keeps_a_word_that_only_they_said(store: Any):
    """The name of a touchpoint, its words, what it is said to be, and all that was made with that name."""
    secrets = ["Zanzibarian", "calamity", "Quillfeather"]
    store.put("person", [{"id": "p9", "name": "Ada Quillfeather"}])
    row = {"text": "The puppy has a leash. Zanzibarian leash calamity!", "person": "p9", "occurred_at": START}
    store.append([[row | {"source_id": "own"}]], source="letters")
    STEPS["derive"](store)
    connected(store, "themes")
    hers = do(store, "theme.promote", theme=about(store, "puppy"), touchpoint="Zanzibarian leash")
    told = "Singing, as Quillfeather has it."
    kept = do(store, "theme.promote", theme=about(store, "choir"), touchpoint="songs", description=told)
    known_one = do(store, "theme.promote", theme=about(store, "voltage"), touchpoint="parking")
    assert all(each["new"] for each in (hers, kept, known_one))
    assert not do(store, "theme.promote", theme=about(store, "puppy"), touchpoint="Zanzibarian leash")["new"]
    (other,) = store.ask().lake("select id, seq from interaction where person is null order by seq limit 1").to_pylist()
    heard = {"id": "m", "interaction": other["id"], "touchpoint": "Zanzibarian leash", "polarity": "negative"}
    store.extend("mention", "touchpoint@1", [heard], other["seq"])
    said = {"value": 1.0, "n": 1, "detail": "{}", "name": "nps"}
    figures = [said | {"id": name, "by": [("touchpoint", name)]} for name in ("Zanzibarian leash", "parking")]
    store.replace("metric", "t@1", figures)
    store.put("initiative", [{"id": "i1", "name": "More leashes", "touchpoint": "Zanzibarian leash", "level": 1}])
    text = {"text": "Where is my leash?", "mentions": [{"touchpoint": "Zanzibarian leash"}]}
    keep(store, [text])
    assert do(store, "person.erase", person="p9")["taxonomy"] == "changed"
    assert not holding(store.path, secrets)
    names = [each.name for each in store.taxonomy]
    assert {"songs", "parking"} <= set(names)
    assert store.taxonomy.find("songs").words["en"]  # others say them too
    assert store.ask().lake("select id from metric where name = 'nps'")["id"].to_pylist() == ["parking"]
    assert store.ask().lake("select id from interaction where id = ?", [other["id"]]).num_rows == 1
    STEPS["derive"](store)
    connected(store, "themes")
    assert not holding(store.path, secrets)


IMPOSSIBLE = (
    ("theme.rename", {"theme": "none", "name": "x"}),
    ("theme.rename", {"theme": "own", "name": " "}),
    ("theme.rename", {"theme": "own", "name": "x" * 81}),
    ("theme.merge", {"theme": "own", "into": "own"}),
    ("theme.merge", {"theme": "own", "into": "none"}),
    ("theme.split", {"theme": "own", "words": ","}),
    ("theme.promote", {"theme": "own", "touchpoint": "x", "stage": "none"}),
    ("theme.undo", {"decision": "none"}),
)


def test_what_cannot_be_is_refused_and_nothing_is_kept(store: Any):
    own = about(store, "puppy")
    for action, fields in IMPOSSIBLE:
        with pytest.raises(Refused):
            do(store, action, **{field: own if value == "own" else value for field, value in fields.items()})
    assert store.corrections(table="theme") == []


def test_the_page_names_every_theme_and_offers_its_edits(store: Any):
    show = finder.verb("show", "themes")
    whole = show(store.ask())
    assert all(detail["name"] in str(whole.blocks[0]) for detail in known(store).values())
    one = show(store.ask(), theme=about(store, "puppy"))
    forms = {each.action for each in one.blocks if hasattr(each, "action")}
    assert forms == {f"theme.{verb}" for verb in ("rename", "merge", "split", "promote", "dismiss")}
    assert any(word in one.lead for word in PLANTED["dog"].split())

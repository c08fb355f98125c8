"""Themes: what customers speak of that no touchpoint names, in their words, growing or fading."""

from __future__ import annotations

from touchstone.core.ask import Ask
from touchstone.core.page import Block, Field, Form, Grid, Link, Note, Page
from touchstone.show import _say, _themes
from touchstone.show._themes import Theme

WHO = ("insight", "contact_centre", "marketing", "executive")
_PLACE = 22, "Words"
_BACK = Field("back", "", "/themes", kind="hidden")
_OWNERS = (("company", "the company"), ("partner", "the partner"))


def show(ask: Ask, *, theme: str | None = None) -> Page:
    """All themes with their share of texts and how they move; with `theme`, that one closely, and forms to edit it."""
    found = _themes.themes(ask)
    chosen = next((each for each in found if each.id == theme), None)
    if chosen is not None:
        return _one(ask, chosen, found)
    if not found:
        note = Note("No theme stands out beyond the touchpoints.", "empty", "Bring texts, and `touchstone run`.")
        return Page("themes", "Themes", "Nothing is spoken of that no touchpoint names.", "", (note, *_decided(ask)))
    lead = "Things that customers speak of more of one product, level or time than of others, named in their words."
    return Page("themes", "Themes", _sentence(found), lead, (_all(found), *_decided(ask)))


def _sentence(found: list[Theme]) -> str:
    unnamed = [each for each in found if not each.promoted]
    moving = [each for each in unnamed if each.moving == "growing"]
    one = len(unnamed) == 1
    count = "1 theme has no touchpoint yet" if one else f"{_say.count(len(unnamed))} themes have no touchpoint yet"
    most = max(moving, key=lambda each: each.texts, default=None)
    return f"{count}; “{most.name}” is growing." if most is not None else f"{count}; none of them is surely growing."


def _all(found: list[Theme]) -> Grid:
    ceiling = max(each.figure.high or 0.0 for each in found)
    head = ("theme", "share of texts", "texts", "later half / earlier", "touchpoint")
    rows = tuple(
        (Link(f"“{each.name}”", each.address), _themes.share(each, ceiling=ceiling), _say.count(each.texts),
         _themes.movement(each), each.promoted)
        for each in found
    )  # fmt: skip
    wide = len(head) if any(each.promoted for each in found) else len(head) - 1  # until one is promoted there is none
    return Grid("What has no name yet", "", head[:wide], tuple(row[:wide] for row in rows))


def _one(ask: Ask, theme: Theme, found: list[Theme]) -> Page:
    told = theme.figure.detail
    share = _say.number(theme.figure.value, measured_in="share")
    sentence = f"“{theme.name}”: {share} of what customers write, {_themes.movement(theme)}."
    lead = f"Told by: {', '.join(f'“{each}”' for each in told.get('words', ()))}."
    if theme.promoted:
        lead += f" It is the touchpoint {theme.promoted} from the next run on; Teaching makes it heard better."
    blocks: list[Block] = [_themes.words(ask, theme)]
    if months := _themes.months(ask, theme):
        rows = tuple((each.by["month"], _themes.share(Theme(theme.id, each), ceiling=1.0), each.n) for each in months)
        blocks.append(Grid("Month by month", "", ("month", "share of texts", "texts"), rows, narrow=True, folded=True))
    return Page("themes", "Themes", sentence, lead, (*blocks, *_forms(ask, theme, found)))


def _forms(ask: Ask, theme: Theme, found: list[Theme]) -> list[Block]:
    id, stages = Field("theme", "", theme.id, kind="hidden"), ask.taxonomy.stages
    here = Field("back", "", theme.address, kind="hidden")
    others = tuple((each.id, f"“{each.name}”") for each in found if each.id != theme.id)
    renamed = theme.name if theme.figure.detail.get("renamed") else ""
    split = Field("words", "Texts that say one of these words", help="Parted by commas, of the words above.")
    promote = (
        id,
        Field("touchpoint", "Name of the touchpoint", renamed),
        Field("stage", "Stage", stages[-1] if stages else "", tuple((each, _say.named(each)) for each in stages)),
        Field("description", "What it is, in a sentence"),
        Field("owner", "Who answers for it", "company", _OWNERS),
        here,
    )
    merge = [Form("theme.merge", "Merge into another", (id, Field("into", "Theme", "", others), _BACK), "Merge")]
    return [
        Form("theme.rename", "Call it", (id, Field("name", "Name", renamed or theme.name), here), "Rename"),
        *(merge if others else []),
        Form("theme.split", "Split", (id, split, _BACK), "Split off"),
        Form("theme.promote", "Make it a touchpoint", promote, "Promote"),
        Form("theme.dismiss", "", (id, _BACK), "This is no theme", beside=(("/themes", "All themes", ""),)),
    ]


def _decided(ask: Ask) -> list[Block]:
    """What people decided, each to be undone."""
    made = _themes.decided(ask)
    if not made:
        return []
    rows = tuple((said, who, when) for _, said, who, when in made)
    choices = tuple((id, f"{said} ({when})") for id, said, _, when in made)
    undo = (Field("decision", "Decision", "", choices), _BACK)
    return [
        Grid("What people decided", "Stands over every run.", ("decision", "by", "on"), rows, folded=len(rows) > 6),
        Form("theme.undo", "Undo a decision", undo, "Undo"),
    ]

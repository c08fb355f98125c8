"""Promote a theme to a touchpoint: the taxonomy names it from now on, and its texts teach the next model."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

from touchstone.act import _examples, _themes
from touchstone.core.errors import Refused
from touchstone.core.taxonomy import Taxonomy, Touchpoint

WHO = ("insight",)

_TAUGHT = 20  # texts that become examples, at most
_TEXTS = """select i.text from link l join interaction i on i.id = l."left"
    where l.layer = 'theme' and l."right" = ? and i.text is not null and length(i.text) <= 2000
    and i.id not in (select m.interaction from mention m)
    order by l.probability desc, i.id limit ?"""


def act(
    store: Any,
    *,
    theme: str,
    touchpoint: str,
    stage: str = "",
    description: str = "",
    owner: Literal["company", "partner"] = "company",
) -> dict[str, Any]:
    """{"decision": id, "new": bool, "touchpoint": its name, "examples": how many texts teach it}.

    A `touchpoint` the taxonomy has is only taught; else it is added to `stage` (the last one where none is given), with
    the words that mostly mean the theme as its own. Up to twenty texts that are surest of the theme and mention nothing
    else become examples. The next `run` reads every text anew; `model.teach` learns from the examples. `Refused`: no
    such theme, no name, or a setting that names the taxonomy.
    """
    detail = _themes.theme(store, theme)
    name = _themes.called(touchpoint, field="touchpoint")
    known = store.taxonomy.find(name)
    if known is None:
        told = description.strip() or f"What customers say of {', '.join(detail['words'][:3]) or name}."
        telling = detail.get("alone") or detail["words"][:1]  # what others say as well would be heard everywhere
        words = {"en": tuple(telling)} if telling else {}
        store.adopt(_with(store.taxonomy, Touchpoint(name, told, stage, owner=owner, words=words)))
    name = name if known is None else known.name
    texts = store.ask().lake(_TEXTS, [theme, _TAUGHT])["text"].to_pylist()
    kept = _examples.keep(store, ({"text": text, "mentions": [{"touchpoint": name}]} for text in texts))
    made = _themes.decide(store, "promote", theme, touchpoint=name, made=known is None)
    return {**made, "touchpoint": name, "examples": kept}


def _with(taxonomy: Taxonomy, added: Touchpoint) -> Taxonomy:
    """The taxonomy with one touchpoint more, at the end of its stage."""
    stages = taxonomy.stages
    if added.stage and added.stage not in stages:
        raise Refused(f"there is no stage {added.stage!r}.", field="stage", todo=f"One of: {', '.join(stages)}.")
    placed = replace(added, stage=added.stage or (stages[-1] if stages else "experience"))
    return replace(taxonomy, touchpoints=(*taxonomy.touchpoints, placed))

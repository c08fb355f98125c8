"""A taxonomy: the stages of a journey, the touchpoints in them, and what each is made of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from touchstone.core.errors import Stop

FOLDER = Path(__file__).parent / "taxonomies"


@dataclass(frozen=True)
class Touchpoint:
    """A point where customer and company meet. `owner` is company or partner; `words` are cues by language."""

    name: str
    description: str
    stage: str
    owner: str = "company"
    components: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    words: dict[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Taxonomy:
    """Touchpoints in the order of the journey."""

    name: str
    touchpoints: tuple[Touchpoint, ...]

    def __iter__(self) -> Iterator[Touchpoint]:
        return iter(self.touchpoints)

    @property
    def stages(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(each.stage for each in self.touchpoints))

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(each.name for each in self.touchpoints)

    def find(self, name: str) -> Touchpoint | None:
        """The touchpoint of this name, capitals and spaces aside; None where there is none."""
        wanted = _plain(name)
        return next((each for each in self.touchpoints if _plain(each.name) == wanted), None)

    def match(self, names: Sequence[str]) -> dict[str, str]:
        """Which of `names` (a source's words) mean a touchpoint of this taxonomy: {name: touchpoint's name}.

        A name matches by itself, or where all its words are among a touchpoint's own (name, components, English cues)
        and no other touchpoint fits as well. Two names that would meet in one touchpoint stay apart, as the source
        has them.
        """
        found = {name: best for name in names if (best := self._nearest(name)) is not None}
        taken = Counter(found.values())
        exact = {name for name in found if self.find(name) is not None}
        return {name: best for name, best in found.items() if taken[best] == 1 or name in exact}

    def _nearest(self, name: str) -> str | None:
        if (own := self.find(name)) is not None:
            return own.name
        wanted = [word for word in _plain(name).split() if word not in FILLERS]
        fits = {each.name: _fit(wanted, each) for each in self.touchpoints}
        best = max(fits.values(), default=0.0)
        leaders = [touchpoint for touchpoint, fit in fits.items() if fit == best]
        return leaders[0] if best > 0 and len(leaders) == 1 else None


FILLERS = {"and", "of", "the", "for", "to", "in", "on", "service", "rating", "quality", "overall", "ease", "handling"}


def _fit(wanted: list[str], touchpoint: Touchpoint) -> float:
    """1 where the words are a term of the touchpoint, less where they are spread over its terms, 0 where one is not."""
    terms = [touchpoint.name, *touchpoint.components, *touchpoint.words.get("en", ())]
    plain = {_plain(term) for term in terms}
    if " ".join(wanted) in plain:
        return 1.0
    words = {word.rstrip("s") for term in plain for word in term.split()}
    return 0.5 if len(wanted) > 1 and all(word.rstrip("s") in words for word in wanted) else 0.0


def _plain(name: str) -> str:
    return " ".join(name.casefold().replace("_", " ").replace("-", " ").split())


def ready_made() -> list[str]:
    """The names of the taxonomies that ship with the package."""
    return sorted(path.stem for path in FOLDER.glob("*.yaml"))


def load(name: str) -> Taxonomy:
    """A ready-made taxonomy by name, or one from a YAML file."""
    path = FOLDER / f"{name}.yaml" if name in ready_made() else Path(name)
    if not path.exists():
        raise Stop(f"no taxonomy {name!r}.", todo=f"Give a YAML file or one of: {', '.join(ready_made())}.")
    return parse(path.read_text("utf-8"), where=str(path.name))


@lru_cache(maxsize=32)  # a taxonomy is asked for with nearly every question, and the same text reads the same
def parse(text: str, *, where: str = "taxonomy") -> Taxonomy:
    """A taxonomy from YAML: `name`, and `stages`, each with `name` and `touchpoints`."""
    import yaml  # only when a taxonomy is read

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        data = yaml.load(text, Loader=loader)  # both are the safe loader, one of them in C
        touchpoints = tuple(
            _touchpoint(each, stage["name"]) for stage in data["stages"] for each in stage["touchpoints"]
        )
    except (yaml.YAMLError, KeyError, TypeError, AttributeError) as error:
        raise Stop(f"not a taxonomy ({error}).", where=where, todo="See docs/taxonomy.md for the form.") from error
    if len({_plain(each.name) for each in touchpoints}) < len(touchpoints):
        raise Stop("two touchpoints share a name.", where=where, todo="Rename one of them.")
    return Taxonomy(str(data.get("name", where)), touchpoints)


def write(taxonomy: Taxonomy) -> str:
    """The taxonomy as YAML; `parse` reads it back equal."""
    import yaml  # only when a taxonomy is written

    stages = [
        {"name": stage, "touchpoints": [_plain_dict(each) for each in taxonomy if each.stage == stage]}
        for stage in taxonomy.stages
    ]
    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)  # the same words, a quarter the time
    return str(yaml.dump({"name": taxonomy.name, "stages": stages}, Dumper=dumper, allow_unicode=True, sort_keys=False))


def _touchpoint(data: Any, stage: str) -> Touchpoint:
    if isinstance(data, str):
        data = {"name": data}
    return Touchpoint(
        name=str(data["name"]),
        description=str(data.get("description", data["name"])),
        stage=str(stage),
        owner=data.get("owner", "company"),
        components=tuple(data.get("components", ())),
        examples=tuple(data.get("examples", ())),
        words={language: tuple(words) for language, words in (data.get("words") or {}).items()},
    )


def _plain_dict(touchpoint: Touchpoint) -> dict[str, Any]:
    return {
        "name": touchpoint.name,
        "description": touchpoint.description,
        "owner": touchpoint.owner,
        "components": list(touchpoint.components),
        "examples": list(touchpoint.examples),
        "words": {language: list(words) for language, words in touchpoint.words.items()},
    }

"""The taxonomy of a home: the file in its folder, or the one a setting names."""

from __future__ import annotations

from pathlib import Path

from touchstone.core import taxonomy as taxonomies
from touchstone.core.errors import Refused
from touchstone.core.settings import Settings
from touchstone.core.taxonomy import Taxonomy

TAXONOMY = "taxonomy.yaml"


def read_taxonomy(path: Path, settings: Settings) -> Taxonomy:
    """The home's taxonomy: the setting's, else the home's own."""
    return taxonomies.load(settings.taxonomy) if settings.taxonomy else own(path)


def write_taxonomy(path: Path, settings: Settings, taxonomy: Taxonomy) -> None:
    """Makes `taxonomy` the home's own; `Refused` where a setting names one, which would stand against it."""
    if settings.taxonomy:
        raise Refused("the setting `taxonomy` names another.", todo="Take it out of the settings.")
    keep(path, taxonomy)


def own(path: Path) -> Taxonomy:
    """The taxonomy in the home's folder, whatever the settings say."""
    return taxonomies.parse((path / TAXONOMY).read_text("utf-8"), where=TAXONOMY)


def keep(path: Path, taxonomy: Taxonomy) -> None:
    """Writes the taxonomy in the home's folder, whole or not at all."""
    written = taxonomies.write(taxonomy)
    taxonomies.parse(written, where=TAXONOMY)  # two touchpoints of one name stop here
    unfinished = path / f"{TAXONOMY}.unfinished"
    unfinished.write_text(written, "utf-8")
    unfinished.replace(path / TAXONOMY)

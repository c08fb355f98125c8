"""Touchstone: customer experience, told from noise. `touchstone.open(path)` gives a home."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from touchstone.home import Home

__version__ = "0.1.0"
__all__ = ["__version__", "open"]


def open(path: str = ".", **settings: Any) -> Home:
    """The home at `path` (a folder), with the verbs of every room; heavy parts load when used."""
    from touchstone.home import Home  # lazily: `import touchstone` must stay under 0.2 s of CPU

    return Home(path, **settings)

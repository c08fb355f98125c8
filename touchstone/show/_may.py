"""What a page offers its viewer to do: what the doors would refuse is not shown."""

from __future__ import annotations

from touchstone.core import finder
from touchstone.core.viewer import Viewer
from touchstone.rules import who


def may(viewer: Viewer, action: str) -> bool:
    """Whether the viewer may do the action of this name; what is no action (signing in, say) is open to all."""
    return action not in finder.names("act") or who.may(viewer, who=finder.part("act", action).WHO)

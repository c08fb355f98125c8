"""How soon something has to be done, where the words say so."""

from __future__ import annotations

import pyarrow as pa

from touchstone.understand._pass import Understood, told

HEADS = ("urgency",)


def understand(reading: Understood) -> pa.Table:
    """SIGNAL rows labelled `urgent` where the words press for time (score .5 or more); most texts have none."""
    return told(reading, "urgency", {"urgency": "urgent"})

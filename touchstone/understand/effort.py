"""How much trouble it was, where the words say so: the customer effort that nobody asked about in a survey."""

from __future__ import annotations

import pyarrow as pa

from touchstone.understand._pass import Understood, told

HEADS = ("effort", "ease")


def understand(reading: Understood) -> pa.Table:
    """SIGNAL rows labelled `high` (calls, waiting, complication) or `low` (easy, seamless) with score .5 or more."""
    return told(reading, "effort", {"effort": "high", "ease": "low"})

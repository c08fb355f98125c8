"""What is felt, where the words name it: six of Plutchik's eight basic emotions (R. Plutchik, Emotion, 1980)."""

from __future__ import annotations

import pyarrow as pa

from touchstone.language.model import FEELINGS
from touchstone.understand._pass import Understood, told

HEADS = FEELINGS


def understand(reading: Understood) -> pa.Table:
    """SIGNAL rows labelled anger, sadness, joy, fear, surprise or trust (score .5 or more); most texts have none.

    Disappointment counts as sadness, worry as fear, disgust as anger.
    """
    return told(reading, "emotion", {name: name for name in FEELINGS})

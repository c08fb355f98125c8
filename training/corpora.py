"""The texts the shipped model is trained on: only sets whose licence permits it (see docs/model_card.md)."""

from __future__ import annotations

import os
from pathlib import Path

from pyarrow import parquet

ROOT = Path(os.environ.get("TOUCHSTONE_TEST_DATA", Path(__file__).parents[1] / "../shared/data"))
LICENCES = {
    "mams-absa": "Apache-2.0",
    "product-reviews-liu": "CC BY 4.0",
    "critic-snippets": "CC BY 4.0",
    "banking77": "CC BY 4.0",
    "clinc150": "CC BY 3.0",
    "bitext-customer-service": "CDLA-Sharing 1.0",
    "sms-spam": "CC BY 4.0",
    "cfpb-complaints": "public domain",
}


def rows(name: str) -> list[dict[str, object]]:
    """The rows of one Parquet file, `set/file`; a set whose licence is not listed is a KeyError."""
    LICENCES[name.split("/", maxsplit=1)[0]]
    found: list[dict[str, object]] = parquet.read_table(ROOT / f"{name}.parquet").to_pylist()
    return found


def sentences() -> list[str]:
    """All training sentences without their labels, each once, in order."""
    texts = [
        *(str(row["text"]) for name in ("mams-absa/acsa_train", "mams-absa/atsa_train") for row in rows(name)),
        *(str(row["sentence"]) for row in rows("product-reviews-liu/features")),
        *(str(row["text"]) for row in rows("product-reviews-liu/pros_cons")),
        *(str(row["text"]) for row in rows("critic-snippets/snippets")),
        *(str(row["text"]) for row in rows("banking77/train")),
        *(str(row["text"]) for row in rows("clinc150/train")),
        *(str(row["utterance"]) for row in rows("bitext-customer-service/train")),
        *(str(row["message"]) for row in rows("sms-spam/messages")),
    ]
    for row in rows("cfpb-complaints/complaints_sample"):
        if row["Consumer complaint narrative"]:
            texts.extend(str(row["Consumer complaint narrative"]).split(". "))
    return sorted(dict.fromkeys(text.strip() for text in texts if text.strip()))

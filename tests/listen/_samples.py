"""A sample for every source: a function of an empty folder that gives its settings. The laws put them to use."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

DAYS = [f"2026-0{month}-{day:02}" for month in (3, 4, 5) for day in range(1, 29)]


def _table(folder: Path) -> dict[str, Any]:
    file = folder / "reviews.csv"
    rows = [f'{n},{day},{n % 5 + 1},"The waiting area, on visit {n}, was fine."' for n, day in enumerate(DAYS)]
    file.write_text("\n".join(["id,date,rating,review", *rows]) + "\n", "utf-8")
    return {"path": file}


def _formbricks(folder: Path) -> dict[str, Any]:
    file = folder / "records.json"
    records = [
        {
            "id": f"r{n}", "tenant_id": "t", "submission_id": f"s{n}", "field_id": "f", "field_type": "nps",
            "source_type": "survey", "field_label": "Would you recommend us?", "value_number": n % 11,
            "collected_at": f"{day}T09:00:00Z",
        }
        for n, day in enumerate(DAYS)
    ]  # fmt: skip
    file.write_text(json.dumps(records), "utf-8")
    return {"path": file}


def _schema_review(folder: Path) -> dict[str, Any]:
    file = folder / "reviews.jsonld"
    reviews = [
        {
            "@type": "Review", "@id": f"https://shop.example/review/{n}", "datePublished": day,
            "reviewBody": f"Visit {n}: the bill was clear.", "author": {"@type": "Person", "name": f"Guest {n}"},
            "reviewRating": {"@type": "Rating", "ratingValue": n % 5 + 1, "bestRating": 5, "worstRating": 1},
            "itemReviewed": {"@type": "LocalBusiness", "name": "North Quay"},
        }
        for n, day in enumerate(DAYS)
    ]  # fmt: skip
    file.write_text(json.dumps({"@context": "https://schema.org", "@graph": reviews}), "utf-8")
    return {"path": file}


def _mail(folder: Path) -> dict[str, Any]:
    file = folder / "inbox.mbox"
    mails = [
        f"From guest{n}@mail.example Mon Mar  2 09:00:00 2026\nFrom: Guest {n} <guest{n}@mail.example>\n"
        f"Message-ID: <{n}@mail.example>\nDate: {datetime.fromisoformat(day):%a, %d %b %Y} 09:00:00 +0000\n"
        f"Subject: Visit {n}\n\nThe waiting area, on visit {n}, was fine.\n\n"
        for n, day in enumerate(DAYS)
    ]
    file.write_text("".join(mails), "utf-8")
    return {"path": file}


SAMPLES: dict[str, Callable[[Path], dict[str, Any]]] = {
    "example": lambda _folder: {"interactions": 1500, "dealers": 6, "regions": 2, "distributors": 1, "customers": 200},
    "formbricks": _formbricks,
    "mail": _mail,
    "schema_review": _schema_review,
    "table": _table,
}

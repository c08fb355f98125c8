"""Personal data in texts: how much of what was drawn is found, how much else, and what a million texts take."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator

import pyarrow as pa

from tests.language._personal import KINDS, drawn
from touchstone.language import personal

TIMES = 40


def bench(*, quick: bool = False) -> Iterator[str]:
    """Recall and precision by kind over texts drawn with a seed, and seconds of processor for a million of them."""
    given = drawn(3_000 if quick else 24_000)
    texts = pa.array([each.text for each in given])
    said, hit, told = Counter(each.kind for each in given), Counter[str](), Counter[str]()
    for row in personal.found(texts).to_pylist():
        each = given[row["place"]]
        told[row["kind"]] += 1
        hit[row["kind"]] += (row["kind"], row["start"], row["stop"]) == (each.kind, each.start, each.stop)
    for kind in KINDS:
        recall, precision = hit[kind] / said[kind], hit[kind] / max(1, told[kind])
        yield f"{kind}: recall {recall:.3f}, precision {precision:.3f}, n {said[kind]}"
    plain = ["The adviser was friendly and explained the bill, but the waiting area was cold."] * len(given)
    for name, each in (("half of them with personal data", texts), ("without", pa.array(plain))):
        many = pa.concat_arrays([each] * (1 if quick else TIMES))
        began = time.process_time()
        personal.masked(many)
        yield f"a million texts, {name}: {(time.process_time() - began) / len(many) * 1e6:.1f} CPU s"

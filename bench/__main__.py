"""`python -m bench [NAME …]` runs every bench, or those named, and prints their lines."""

from __future__ import annotations

import importlib
import sys
import time
from pathlib import Path


def main(chosen: list[str]) -> int:
    """Runs the benches in the order of their names; one that fails says so and the others go on."""
    names = sorted(path.stem for path in Path(__file__).parent.glob("*.py") if not path.stem.startswith("_"))
    failed = 0
    for name in chosen or names:
        began = time.perf_counter()
        print(f"\n== {name}", flush=True)
        try:
            for line in importlib.import_module(f"bench.{name}").bench():
                print(f"   {line}", flush=True)
        except (ArithmeticError, AssertionError, LookupError, OSError, RuntimeError, ValueError) as error:
            failed += 1
            print(f"   failed: {type(error).__name__}: {error}", flush=True)
        print(f"   ({time.perf_counter() - began:.0f} s)", flush=True)
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

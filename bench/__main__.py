"""`python -m bench [NAME …] [--quick]` runs every bench, or those named, and prints their lines.

`--quick` measures less where a bench knows how to.
"""

from __future__ import annotations

import importlib
import inspect
import sys
import time
from pathlib import Path


def main(chosen: list[str]) -> int:
    """Runs the benches in the order of their names; one that fails says so and the others go on."""
    names = sorted(path.stem for path in Path(__file__).parent.glob("*.py") if not path.stem.startswith("_"))
    failed, quick = 0, "--quick" in chosen
    for name in [each for each in chosen if each != "--quick"] or names:
        began = time.perf_counter()
        print(f"\n== {name}", flush=True)
        try:
            run = importlib.import_module(f"bench.{name}").bench
            for line in run(quick=True) if quick and "quick" in inspect.signature(run).parameters else run():
                print(f"   {line}", flush=True)
        except (ArithmeticError, AssertionError, LookupError, OSError, RuntimeError, ValueError) as error:
            failed += 1
            print(f"   failed: {type(error).__name__}: {error}", flush=True)
        print(f"   ({time.perf_counter() - began:.0f} s)", flush=True)
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

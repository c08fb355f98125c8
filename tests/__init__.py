"""The tests mirror the rooms; `tests/test_house.py` holds the laws."""

import os

for library in ("OMP", "OPENBLAS"):  # before NumPy: workers share the cores, and threads that wait for each other spin
    os.environ.setdefault(f"{library}_NUM_THREADS", "1")

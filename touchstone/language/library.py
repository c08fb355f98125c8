"""The library that `hatch_build.py` builds of `kernel.c`, where it is there."""

from __future__ import annotations

import ctypes
import logging
import sys
import zlib
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy.typing as npt

from touchstone.core import settings

SOURCE = Path(__file__).with_name("kernel.c")
LIBRARY = Path(__file__).with_name("_kernel.dll" if sys.platform == "win32" else "_kernel.so")
WIDEST = 2
"""The widest vectors there are: 0 what every processor has, 1 AVX2, 2 AVX-512."""


def source_mark() -> str:
    """What a library built from the present source carries."""
    return f"{zlib.crc32(SOURCE.read_bytes()):08x}"


@lru_cache(maxsize=1)
def library() -> ctypes.CDLL | None:
    """The kernel, or None where it was not built, was built from another source, or `TOUCHSTONE_KERNEL=numpy`."""
    if settings.load().kernel == "numpy":
        return None
    try:
        held = ctypes.CDLL(str(LIBRARY))
        held.touchstone_source.restype = ctypes.c_char_p
        if held.touchstone_source().decode() == source_mark():
            return held
        why = "was built from another source"
    except (OSError, AttributeError) as error:
        why = f"cannot be used ({error})"
    message = "The text kernel %s; texts are read with NumPy: the same answers, some thirty times slower. %s"
    logging.getLogger(__name__).warning(message, why, "`python hatch_build.py` (or a wheel) brings it.")
    return None


def needed() -> ctypes.CDLL:
    """The kernel, where it is known to be there."""
    held = library()
    if held is None:
        raise RuntimeError("the kernel is not there")
    return held


def numbers(*names: str) -> list[tuple[str, type[ctypes.c_int64]]]:
    """Fields of a structure that are whole numbers."""
    return [(name, ctypes.c_int64) for name in names]


def pointers(*names: str) -> list[tuple[str, type[ctypes.c_void_p]]]:
    """Fields of a structure that point at arrays."""
    return [(name, ctypes.c_void_p) for name in names]


def addresses(arrays: dict[str, npt.NDArray[Any]]) -> dict[str, int]:
    """Where arrays stand, for the fields that point at them."""
    return {name: array.ctypes.data for name, array in arrays.items()}


__all__ = ["LIBRARY", "SOURCE", "WIDEST", "addresses", "library", "needed", "numbers", "pointers", "source_mark"]

"""`e` to a power and logarithms in steps that C takes with equal results, whatever the processor (`kernel.c`)."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

Single = npt.NDArray[np.float32]
Double = npt.NDArray[np.float64]

_VANISHING, _FOLDS, _ROUNDING = -80.0, 1.44269504, 12582912.0  # log2(e); 1.5 * 2**23 leaves no room for fractions
_LOG_2 = (0.693359375, -2.12194440e-4)  # in two parts, the first exact
_SERIES = (1.9875691500e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1)
_FARTHEST, _FOLDS_64, _ROUNDING_64 = 700.0, 1.4426950408889634, 6755399441055744.0
_LOG_2_64 = (6.93145751953125e-1, 1.42860682030941723212e-6)
_TAYLOR = tuple(1 / math.factorial(power) for power in range(12, -1, -1))
_ROOT_HALF = 0x3FE6A09E667F3BCD  # the bits of sqrt(.5)
_ODD = tuple(1 / power for power in range(19, 1, -2))


def single_exponential(numbers: Single) -> Single:
    """`e` to 32-bit numbers of at most 80 (`expf` of Cephes, S. L. Moshier); 0 from -80 downwards."""
    held = np.maximum(numbers, np.float32(_VANISHING))
    whole = held * _FOLDS + _ROUNDING - _ROUNDING
    rest = held - whole * _LOG_2[0] - whole * _LOG_2[1]
    total = np.full_like(rest, _SERIES[0])
    for factor in _SERIES[1:]:
        total = total * rest + factor
    total = total * (rest * rest) + rest + 1
    power = ((whole.astype(np.int32) + 127) << 23).view(np.float32)
    return np.where(numbers > _VANISHING, total * power, np.float32(0))


def single_curve(numbers: Single) -> Single:
    """Probabilities of 32-bit logits."""
    answer: Single = np.float32(1) / (single_exponential(-np.clip(numbers, -30, 30)) + np.float32(1))
    return answer


def exponential(numbers: npt.NDArray[Any]) -> Double:
    """`e` to numbers from -700 to 700; those beyond count as that far."""
    held = np.clip(numbers.astype(np.float64), -_FARTHEST, _FARTHEST)
    whole = held * _FOLDS_64 + _ROUNDING_64 - _ROUNDING_64
    rest = held - whole * _LOG_2_64[0] - whole * _LOG_2_64[1]
    total = np.full_like(rest, _TAYLOR[0])
    for factor in _TAYLOR[1:]:
        total = total * rest + factor
    answer: Double = total * ((whole.astype(np.int64) + 1023) << 52).view(np.float64)
    return answer


def logarithm(numbers: npt.NDArray[Any]) -> Double:
    """The natural logarithm of numbers above 0 (the series of the inverse hyperbolic tangent)."""
    bits = np.ascontiguousarray(numbers, np.float64).view(np.int64)
    power = (bits - _ROOT_HALF) >> 52
    part = (bits - (power << 52)).view(np.float64)
    half = (part - 1) / (part + 1)
    square = half * half
    total = np.full_like(half, _ODD[0])
    for factor in _ODD[1:]:
        total = total * square + factor
    answer: Double = 2 * (half + half * square * total) + power * math.log(2)
    return answer

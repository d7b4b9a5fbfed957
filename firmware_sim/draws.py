"""Random numbers that are a function of a stream and an index, and of nothing else.

A generator carries state, so its numbers depend on what was drawn before. Here number 7 of a stream is always the same,
in any order and in any process: that is what lets a simulation go on after a restart.
"""

import hashlib

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Streams = npt.NDArray[np.uint64]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)
_TO_UNIT = 2.0**-53


def stream(*parts: int | str) -> np.uint64:
    """Name a stream of numbers by any parts, as a seed and a purpose; equal parts give the same stream everywhere."""
    text = "\x1f".join(str(part) for part in parts).encode()
    return np.uint64(int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "big"))


def generator(*parts: int | str) -> np.random.Generator:
    """Make an ordinary generator for what is drawn once at the start, such as a station's properties."""
    return np.random.default_rng(int(stream(*parts)))


def uniform(streams: np.uint64 | Streams, index: int | Ints) -> Floats:
    """Draw numbers in the open interval (0, 1); streams and index broadcast.

    Source: SplitMix64, doi:10.1145/2714064.2660195.
    """
    with np.errstate(over="ignore"):  # wrapping round is what the hash is made of
        mixed = _mix(_mix(np.asarray(index, np.int64).astype(np.uint64) * _GOLDEN + np.asarray(streams, np.uint64)))
    return ((mixed >> np.uint64(11)).astype(np.float64) + 0.5) * _TO_UNIT


def normal(streams: np.uint64 | Streams, index: int | Ints) -> Floats:
    """Draw standard normal numbers; streams and index broadcast."""
    return np.asarray(ndtri(uniform(streams, index)), np.float64)


def _mix(state: Streams) -> Streams:
    state = (state ^ (state >> np.uint64(30))) * _FIRST
    state = (state ^ (state >> np.uint64(27))) * _SECOND
    return np.asarray(state ^ (state >> np.uint64(31)), np.uint64)

"""How long a series has been standing still, and what it was lately: windows that look back only."""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

_MAX_GAP = 24  # hours: a repeat after a longer silence is a coincidence


def run_length(values: Floats, known: npt.NDArray[np.int64] | None = None) -> npt.NDArray[np.int64]:
    """Count, for each value of (H,S), how many equal ones in a row end with it (1: it is new); 0 where it is NaN.

    Gaps of up to 24 rows do not end a run. `known` (K,S): the counts of the first rows, which may have begun earlier.
    """
    rows = np.arange(len(values))[:, None]
    there = np.isfinite(values)
    last_there = _previous(np.where(there, rows, -1))
    previous = np.where(last_there >= 0, np.take_along_axis(values, np.maximum(last_there, 0), 0), np.nan)
    same = there & (values == previous) & (rows - last_there <= _MAX_GAP)
    ordinal = np.cumsum(there, axis=0)
    begun = np.maximum.accumulate(np.where(there & ~same, ordinal, 0), axis=0)
    length = np.where(there, ordinal - begun + 1, 0)
    if known is not None and len(known):
        first = there[: len(known)].argmax(0)[None]
        earlier = np.maximum(np.take_along_axis(known, first, 0) - 1, 0)
        length += np.where(there & (begun <= 1), earlier, 0)
    return length


def last_hours(values: Floats, hours: int, rows: int | None = None) -> Floats:
    """Stack the `hours` values before each of the last `rows` hours (all): (hours,rows,S), NaN before the beginning
    and where missing.
    """
    rows = len(values) if rows is None else rows
    first = len(values) - rows
    stacked = np.full((hours, rows, *values.shape[1:]), np.nan)
    for k in range(1, min(hours, len(values) - 1) + 1):
        begin = max(first - k, 0)
        stacked[k - 1, begin + k - first :] = values[begin : len(values) - k]
    return stacked


def longest_repeat(
    values: Floats, *, fine: float = 0.01, chance: float = 1e-4, most: int = 24
) -> npt.NDArray[np.int64]:
    """Find from (H,S) how many equal values in a row are one too many for each series (S,).

    A finely resolved series (under 1 % of its runs are longer than one) may not repeat itself at all: 2. Otherwise the
    run whose chance, at the share of repeats the series shows, is below `chance`; 24 at most and where little is known.
    The share is that of pairs among singles and pairs: blocks of a stuck sensor are neither, and so excuse no other.
    """
    length = run_length(values)
    runs, pairs, longer = ((length == count).sum(0) for count in (1, 2, 3))
    share = (pairs - longer) / np.maximum(runs - pairs, 1)
    with np.errstate(divide="ignore"):
        limit = np.ceil(np.log(chance) / np.log(np.clip(share, 1e-12, 0.99))) + 1
    limit = np.where(share < fine, 2, np.minimum(limit, most)).astype(np.int64)
    return np.where(runs >= 24, limit, most)


def _previous(index: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """The greatest index of an earlier row, -1 where there is none."""
    before = np.full_like(index, -1)
    if len(index) > 1:
        before[1:] = np.maximum.accumulate(index, axis=0)[:-1]
    return before

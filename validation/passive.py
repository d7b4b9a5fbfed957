"""Passive samples: what a tube or a leaf says of the air, with an interval, from what the laboratory wrote."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
from scipy.special import stdtrit  # scipy.stats has the same behind a second of imports

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Kinds = npt.NDArray[np.str_]

COVER = 1.96
PAIRS_MIN = 3
"""Fewer tubes beside reference stations say nothing of how much they differ from each other."""


@dataclass(frozen=True, slots=True)
class Method:
    """How a kind of passive sample is measured.

    `uncertainty` is relative, expanded (k = 2), and stands in where the laboratory states none; None: then there is no
    interval. `repeatability` is the least relative standard deviation of one sample that is believed: three pairs
    may agree by chance. `detection_limit` is in `unit`.
    """

    unit: str  # UCUM
    observed_property: str | None  # that the official network measures too; None: nothing to adjust to
    uncertainty: float | None
    repeatability: float
    detection_limit: float | None
    source: str


METHODS: Mapping[str, Method] = MappingProxyType(
    {
        "no2-palmes": Method(
            "ug/m3", "no2", 0.25, 0.05, 1.0,
            "Uncertainty: that of an indicative measurement, Directive 2008/50/EC Annex I. Biases of tens of percent: "
            "Heal et al. 2019, doi:10.3390/atmos10070357. Limit and repeatability: assumed; state the laboratory's.",
        ),
        "no2-badge": Method(
            "ug/m3", "no2", 0.25, 0.05, 1.0,
            "Uncertainty: that of an indicative measurement, Directive 2008/50/EC Annex I. Limit and repeatability: "
            "assumed; state the laboratory's.",
        ),
        "o3-badge": Method(
            "ug/m3", "o3", 0.30, 0.05, 2.0,
            "Uncertainty: that of an indicative measurement, Directive 2008/50/EC Annex I. Limit and repeatability: "
            "assumed; state the laboratory's.",
        ),
        "nh3-badge": Method("ug/m3", None, None, 0.05, None, "No value of ours: state the laboratory's."),
        "leaf-sirm": Method(
            "uA", None, None, 0.10, None,
            "Magnetic remanence of a leaf by its area: a relative measure of dust from traffic and rail, no "
            "concentration. No uncertainty of ours: state the laboratory's.",
        ),
        "leaf-dust": Method(
            "mg/m2", None, None, 0.10, None,
            "Dust washed from a leaf by its area: a relative measure, no concentration. No uncertainty of ours.",
        ),
    }
)  # fmt: skip
"""Name → method. A name is stored with its batches: never rename, only add."""


@dataclass(frozen=True, slots=True)
class Factor:
    """What tubes are multiplied with, its 95 % interval, and how single tubes scatter around it (of logarithms)."""

    value: float
    lower: float
    upper: float
    scatter: float
    pairs: int


@dataclass(frozen=True, slots=True)
class Adjusted:
    """Values beside the raw ones, shape (n,): NaN for blanks, and interval NaN where nobody stated an uncertainty."""

    value: Floats
    lower: Floats
    upper: Floats
    limited: Bools
    blank_count: int
    blank_mean: float | None
    factor: Factor | None


def adjust(
    raw: Floats,
    below: Bools,
    kind: Kinds,
    reference: Floats,
    *,
    method: Method,
    subtract_blanks: bool,
    uncertainty: float | None = None,
    detection_limit: float | None = None,
) -> Adjusted:
    """Adjust what a laboratory wrote of one batch, shape (n,): blanks subtracted, then the bias against references.

    `below` marks raw values that were written as "< raw"; `kind` is sample, blank or reference (a sample beside a
    reference station, whose official mean is in `reference`, NaN where unknown). Below the limit of detection the value
    is half of the limit and its interval begins at 0. `uncertainty` is the laboratory's own, relative, expanded, k = 2.
    """
    blank = kind == "blank"
    mean, error = _blank(raw[blank & ~below]) if subtract_blanks else (None, 0.0)
    net = np.where(blank, np.nan, raw - (mean or 0.0))
    limit = np.where(below, raw, (method.detection_limit if detection_limit is None else detection_limit) or 0.0)
    limited: Bools = ~blank & (below | (net < limit))
    usable = (kind == "reference") & ~limited & (net > 0) & (reference > 0)
    factor = bias(net[usable], reference[usable], repeatability=method.repeatability)
    times = factor.value if factor else 1.0
    value = np.where(limited, limit / 2, net) * times
    lower, upper = _interval(value, factor, method.uncertainty if uncertainty is None else uncertainty, error * times)
    lower = np.where(limited & ~np.isnan(lower), 0.0, lower)
    upper = np.where(limited, np.maximum(upper, limit * times), upper)
    return Adjusted(value, lower, upper, limited, int(blank.sum()), mean, factor)


def bias(measured: Floats, reference: Floats, *, repeatability: float) -> Factor | None:
    """Compare samples with the references that they hung beside; None with fewer than three pairs.

    The factor is the geometric mean of reference ÷ sample (the local bias adjustment factor of Defra's technical
    guidance LAQM.TG, taken of logarithms so that it is as wide up as down), its interval Student's t.
    """
    count = measured.size
    if count < PAIRS_MIN:
        return None
    ratios = np.log(reference / measured)
    scatter = max(float(ratios.std(ddof=1)), repeatability)
    centre, half = float(ratios.mean()), _student(count) * scatter / np.sqrt(count)
    value, lower, upper = (float(np.exp(centre + side * half)) for side in (0, -1, 1))
    return Factor(value, lower, upper, scatter, count)


def place_means(group: npt.NDArray[np.int64], *columns: Floats) -> tuple[Floats, ...]:
    """Average columns (value, lower, upper, …) over samples that hung together, shape (g,).

    These have the same number in `group`, 0 to g − 1. The interval is the mean one, not a narrower one: what is wrong
    with one tube of a batch is mostly wrong with all.
    """
    count = np.bincount(group)
    return tuple(np.bincount(group, weights=column) / count for column in columns)


def repeatability(group: npt.NDArray[np.int64], value: Floats) -> float | None:
    """Pool the relative standard deviation of samples that hung together; None where none did."""
    count = np.bincount(group)
    mean = np.bincount(group, weights=value) / count
    squares = np.bincount(group, weights=(value - mean[group]) ** 2)
    several = (count > 1) & (mean > 0)
    if not several.any():
        return None
    return float(np.sqrt((squares[several] / mean[several] ** 2).sum() / (count[several] - 1).sum()))


def _blank(raw: Floats) -> tuple[float | None, float]:
    """Give the mean of blanks, and the standard error of one more: 0 where one blank cannot say."""
    if not raw.size:
        return None, 0.0
    error = float(raw.std(ddof=1)) * np.sqrt(1 + 1 / raw.size) if raw.size > 1 else 0.0
    return float(raw.mean()), float(error)


def _interval(value: Floats, factor: Factor | None, stated: float | None, blank_error: float) -> tuple[Floats, Floats]:
    """Give the 95 % interval: how the next tube lies around the factor, else what is stated; and the blanks'."""
    if factor is not None:
        spread = np.exp(_student(factor.pairs) * factor.scatter * np.sqrt(1 + 1 / factor.pairs))
        down, up = value * (1 - 1 / spread), value * (spread - 1)
    elif stated is not None:
        down = up = np.abs(value) * stated * COVER / 2
    else:
        down = up = np.full_like(value, np.nan)
    blank = COVER * blank_error
    return np.maximum(value - np.hypot(down, blank), 0.0), value + np.hypot(up, blank)


def _student(count: int) -> float:
    return float(stdtrit(count - 1, 0.975))

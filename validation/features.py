"""What a calibration looks at: one function makes the features for the fit, for the hours and for a single reading.

A feature that is computed in two places is soon computed in two ways, and the error it makes has no flag.
"""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

BASE = ("constant", "raw", "raw_lag_1", "raw_lag_2", "raw_lag_3")
WEATHER = ("relative_humidity", "temperature")
TEMPERATURE = len(BASE) + 1  # where it stands among the features
FIRST_LAG, LAGS = 2, 3
_HUMIDITY_CENTRE, _HUMIDITY_STEP = 50.0, 20.0  # coefficients in units of one usual swing
_TEMPERATURE_CENTRE, _TEMPERATURE_STEP = 10.0, 10.0


def names(others: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Name the features in order; `others` are the cross-sensitive gases whose raw channel the station has."""
    return BASE + WEATHER + tuple(f"raw_{other}" for other in others)


def features(
    raw: Floats,
    lags: tuple[Floats, Floats, Floats],
    humidity: Floats,
    temperature: Floats,
    others: tuple[Floats, ...] = (),
) -> Floats:
    """Stack the features (..., p) of readings (...) and of the three hours before them; NaN passes through.

    raw [as sent], humidity [%], temperature [°C]. The lags enter as differences, so that a steady reading, and a single
    one without known past (its lags set to itself), needs only the coefficient of `raw`.
    """
    first, second, third = lags
    return np.stack(
        [
            np.ones_like(raw),
            raw,
            first - raw,
            second - first,
            third - second,
            (humidity - _HUMIDITY_CENTRE) / _HUMIDITY_STEP,
            (temperature - _TEMPERATURE_CENTRE) / _TEMPERATURE_STEP,
            *others,
        ],
        axis=-1,
    )


def lagged(good: Floats) -> tuple[Floats, Floats, Floats]:
    """Give the series (H,S) one, two and three hours before, each gap filled with the nearest later known hour.

    `good` is NaN where the reading is missing or not believed. A missing lag is taken from between its neighbours
    inside the window of four hours, else from the hour that follows it, never from outside the window.
    """
    shifted = [_shift(good, k) for k in range(1, LAGS + 1)]
    first = np.where(np.isfinite(shifted[0]), shifted[0], _between(good, shifted[1], shifted[2]))
    second = np.where(np.isfinite(shifted[1]), shifted[1], _between(first, shifted[2], shifted[2]))
    third = np.where(np.isfinite(shifted[2]), shifted[2], second)
    return first, second, third


def fill(stack: Floats, centre: Floats) -> Floats:
    """Replace missing weather and gas features (..., S, p) by the series' own centre (S,p) of the fit window."""
    optional = np.arange(stack.shape[-1]) >= len(BASE)
    return np.where(np.isnan(stack) & optional, centre, stack)


def _shift(values: Floats, hours: int) -> Floats:
    shifted = np.full_like(values, np.nan)
    shifted[hours:] = values[:-hours] if len(values) > hours else values[:0]
    return shifted


def _between(later: Floats, earlier: Floats, earliest: Floats) -> Floats:
    """Halfway to the known hour before, a third of the way to the one before that, else the later hour itself."""
    two = (later + earlier) / 2
    three = (2 * later + earliest) / 3
    return np.where(np.isfinite(two), two, np.where(np.isfinite(three), three, later))

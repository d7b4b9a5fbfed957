"""How much of a particle reading may be water: what a regression on humidity cannot know of a wet hour.

Particles take up water above some 80 % humidity, by an amount that depends on what they are made of (Petters and
Kreidenweis 2007, doi 10.5194/acp-7-1961-2007; for optical counters Crilley 2018, doi 10.5194/amt-11-709-2018). A line
follows the mean of that up to moderate humidity; above it the reading can be several times the dry mass.
"""

import numpy as np
import numpy.typing as npt

from validation.policy import PropertyPolicy

Floats = npt.NDArray[np.float64]

_GROWTH = 0.2  # kappa / density: 0.33 (urban air; 0.33-0.40 for PurpleAir, AMT 18:3135) over 1.65 g/cm³
_FOLLOWED = 85.0  # [%] up to here the line does
_SATURATED = 97.0  # [%] beyond, hygrometers and the law itself say little


def water_share(relative_humidity: Floats, limits: PropertyPolicy) -> Floats:
    """Share (...) of a reading that may be water beyond what the line follows, 0 to 0.72, from humidity (...) [%].

    0 for what does not take up water, and where humidity is not known.
    """
    if not limits.takes_up_water:
        return np.zeros(relative_humidity.shape)
    known = np.where(np.isfinite(relative_humidity), relative_humidity, 0.0)
    share: Floats = 1.0 - _grown(_FOLLOWED) / _grown(np.clip(known, _FOLLOWED, _SATURATED))
    return share


def is_wet(relative_humidity: Floats) -> npt.NDArray[np.bool_]:
    """True where a line may no longer follow the growth; not where humidity is unknown."""
    wet: npt.NDArray[np.bool_] = relative_humidity > _FOLLOWED
    return wet


def _grown(relative_humidity: Floats | float) -> Floats:
    activity = np.asarray(relative_humidity, np.float64) / 100.0
    grown: Floats = 1.0 + _GROWTH * activity / (1.0 - activity)
    return grown

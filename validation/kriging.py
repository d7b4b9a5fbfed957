"""Ordinary kriging of the references: weights that know which references stand together and how noisy each one is.

A weighted mean by distance counts three references in one street as three; kriging counts them as little more than one.
The covariance is learnt from the past hours of the references alone: a nugget (what an instrument has for itself in an
hour) and an exponential fall with distance. Cressie (1993), Statistics for Spatial Data, section 3.2; the semivariances
are robust ones (median absolute differences), since a reference that fails for a night must not widen them.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from validation.median import TO_SIGMA

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

_RANGES_KM = (2.0, 4.0, 8.0, 16.0, 32.0, 64.0)
_NUGGETS = (0.3, 0.4, 0.5, 0.6, 0.7, 0.85)
"""Share of the variance that an instrument has for itself; never less than 0.3 [M]: leaving references out in turn, in
Denver and Beijing, less gave extreme weights and larger errors where there are few references."""
_LEAST_REFERENCES = 3  # two make one pair: no distance to compare with another
_LEAST_HOURS = 48
_SMALL = 1e-9


@dataclass(frozen=True, slots=True)
class Covariance:
    """Of two references d km apart: (1 - nugget) · sill · exp(-d / range_km); of one with itself: sill [unit²]."""

    range_km: float
    nugget: float
    sill: float


def learn_covariance(aligned: Floats, between_km: Floats) -> Covariance | None:
    """Fit the covariance of references (H,R) without their offsets, NaN where missing, (R,R) [km] apart.

    None with fewer than three references that have hours in common: then there is nothing to compare.
    """
    first, second = np.triu_indices(aligned.shape[1], 1)
    apart = aligned[:, first] - aligned[:, second]
    common = np.isfinite(apart).sum(0) >= _LEAST_HOURS
    if common.sum() < _LEAST_REFERENCES:
        return None
    apart, distance = apart[:, common], between_km[first, second][common]
    spread = TO_SIGMA * np.nanmedian(np.abs(apart - np.nanmedian(apart, axis=0)), axis=0)
    semivariance = np.log(np.maximum(spread**2 / 2, _SMALL))
    best, found = np.inf, None
    for range_km in _RANGES_KM:
        for nugget in _NUGGETS:
            shape = np.log(nugget + (1 - nugget) * (1 - np.exp(-distance / range_km)))
            sill = float(np.median(semivariance - shape))
            loss = float(np.abs(semivariance - shape - sill).mean())
            if loss < best - _SMALL:
                best, found = loss, Covariance(range_km, nugget, float(np.exp(sill)))
    return found


def krige(
    aligned: Floats, covariance: Covariance, own: Floats, between_km: Floats, distance_km: Floats, allowed: Bools
) -> Floats:
    """Value (h,C) at C places from references (h,R), NaN where missing.

    own (R,) [unit²] is what a reference has of noise beyond the nugget; distance_km (C,R); allowed (C,R) says which
    references a place may use. NaN where a place has none in an hour. The systems are solved once for each pattern of
    missing references and set of allowed ones, not for each hour.
    """
    there = np.isfinite(aligned)
    filled = np.where(there, aligned, 0.0)
    patterns, of_hour = np.unique(there, axis=0, return_inverse=True)
    if len(allowed) and (allowed == allowed[0]).all():  # as it is but for pseudo-stations, and quicker to see
        sets, of_place = allowed[:1], np.zeros(len(allowed), np.int64)
    else:
        sets, of_place = np.unique(allowed, axis=0, return_inverse=True)
    value = np.full((len(aligned), len(allowed)), np.nan)
    for p, pattern in enumerate(patterns):
        hours = np.flatnonzero(of_hour.ravel() == p)
        for s, usable in enumerate(sets):
            places, used = np.flatnonzero(of_place.ravel() == s), np.flatnonzero(pattern & usable)
            if not len(used):
                continue
            system = between_km[np.ix_(used, used)], distance_km[np.ix_(places, used)]
            weight = _weights(covariance, own[used], *system)
            value[np.ix_(hours, places)] = filled[np.ix_(hours, used)] @ weight.T
    return value


def _weights(covariance: Covariance, own: Floats, between_km: Floats, distance_km: Floats) -> Floats:
    """Ordinary kriging weights (C,R), each row with sum 1."""
    shared = (1 - covariance.nugget) * covariance.sill
    among = shared * np.exp(-between_km / covariance.range_km)
    among[np.diag_indices(len(own))] += covariance.nugget * covariance.sill + own
    towards = shared * np.exp(-distance_km / covariance.range_km)
    inverse = np.linalg.inv(among)
    simple = towards @ inverse
    missing = (1.0 - simple.sum(1)) / inverse.sum()
    weight: Floats = simple + missing[:, None] * inverse.sum(0)
    return weight

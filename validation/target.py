"""The field at each column: kriged where the references showed how they covary, else their weighted mean."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from validation.columns import Columns
from validation.field import Field, References, base_level, interpolate
from validation.kriging import krige, learn_covariance

Floats = npt.NDArray[np.float64]


def with_covariance(references: References, reference: Floats, between_km: Floats) -> References:
    """Learn how the references (H,R) covary with their distances (R,R) [km], where there are three or more."""
    aligned = np.where(references.usable, reference - references.offset, np.nan)
    return replace(references, covariance=learn_covariance(aligned, between_km))


def field_at(reference: Floats, references: References, columns: Columns) -> Field:
    """Give the field (h,C) from references (h,R); a reference beside the station decides alone while it measures."""
    mean = interpolate(reference, references, columns.weight, columns.near)
    if references.covariance is None or not references.usable.any():
        return mean
    aligned = reference - references.offset
    median = np.median(references.variance[references.usable])
    own = np.maximum(references.variance - median, 0.0)  # the nugget is that of a usual reference
    value = krige(aligned, references.covariance, own, columns.between_km, columns.distance_km, columns.weight > 0)
    value += base_level(references, columns.near, columns.weight)
    beside = columns.near >= 0
    local = np.zeros(mean.value.shape, bool)
    local[:, beside] = np.isfinite(reference[:, columns.near[beside]])
    return replace(mean, value=np.where(local, mean.value, value))

"""How one value came about: raw → what the checks found → coefficients → value, with the stations that it rests on."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import numpy as np

from api.explanation import ordered
from api.flag_words import WORDS
from api.items import findings
from api.models.calibrations import FlagMeaning, MomentExplanation, ReferenceShare, StepTerm
from api.representations import distance
from storage.pages import HourRow, ReadingRow
from storage.rows import Calibration, ReferenceStation, Series, Station
from validation.features import LAGS, lagged
from validation.flags import Flag

DISTANCE_STEP = 100  # [m]; public positions are displaced by up to that

Inputs = Mapping[str, float]


def meanings(flags: int) -> list[FlagMeaning]:
    """Put the set bits of a mask into words."""
    return [meaning(Flag[name.upper()]) for name in findings(flags)[0]]


def meaning(flag: Flag) -> FlagMeaning:
    """Put one flag into words."""
    name = str(flag.name).lower()
    english, dutch = WORDS[name]
    return FlagMeaning(flag=name, mask=int(flag), quality=findings(int(flag))[1], en=english, nl=dutch)


def inputs(raw: float, beside: Inputs, before: Mapping[int, float]) -> dict[str, float]:
    """Give feature → input as validation.features makes them; weather and gases that are not known are left out.

    raw [as sent], `beside` observed property → raw of the station's other sensors, `before` hours ago → raw, those that
    are believed: gaps are filled as for the fit, and where nothing is known, as for a reading, the past was the same.
    """
    hours = np.array([[before.get(ago, np.nan)] for ago in range(LAGS, 0, -1)] + [[raw]])
    past = [raw, *(float(each[-1, 0]) for each in lagged(hours))]
    found = {"constant": 1.0, "raw": raw}
    found |= {f"raw_lag_{ago}": past[ago] - past[ago - 1] for ago in range(1, LAGS + 1)}
    if "relative_humidity" in beside:
        found["relative_humidity"] = (beside["relative_humidity"] - 50.0) / 20.0
    if "temperature" in beside:
        found["temperature"] = (beside["temperature"] - 10.0) / 10.0
    return found | {f"raw_{name}": value for name, value in beside.items()}


def terms(calibration: Calibration | None, known: Inputs) -> list[StepTerm]:
    """Multiply each coefficient by its input; where that is not known, neither is the product."""
    if calibration is None:
        return []
    return [
        StepTerm(
            feature=name,
            coefficient=coefficient,
            input=known.get(name),
            product=coefficient * known[name] if name in known else None,
        )
        for name, coefficient in ordered(calibration.coefficients).items()
        if coefficient == coefficient
    ]


def shares(
    calibration: Calibration | None, station: Station, references: Iterable[ReferenceStation]
) -> list[ReferenceShare]:
    """List the official stations that a calibration rests on, the heaviest first, with rounded distances."""
    by_id = {one.reference_station_id: one for one in references}
    weights = calibration.reference_weight if calibration else {}
    found = [
        ReferenceShare(
            reference_station_id=name,
            name=by_id[name].name,
            distance_m=round(distance(station, by_id[name]) / DISTANCE_STEP) * DISTANCE_STEP,
            weight=weight,
        )
        for name, weight in weights.items()
        if name in by_id and weight > 0
    ]
    return sorted(found, key=lambda share: -share.weight)


def explain(
    series: Series,
    row: ReadingRow | HourRow,
    time: datetime,
    calibration: Calibration | None,
    steps: Sequence[StepTerm],
    references: Sequence[ReferenceShare],
) -> MomentExplanation:
    """Join the steps to one explanation; `time` is the end of what the value is a mean of."""
    level = findings(row.flags)[1]
    products = [step.product for step in steps]
    complete = bool(products) and None not in products
    return MomentExplanation(
        series_id=series.series_key,
        station_id=series.station_id,
        sensor_model=series.sensor_model,
        observed_property=series.observed_property,
        unit=series.unit,
        begin=row.begin if isinstance(row, HourRow) else None,
        time=time,
        raw=row.raw,
        findings=meanings(row.flags),
        quality=level,
        calibration_id=row.calibration_id,
        calibration_status=calibration.status if calibration else None,
        terms=list(steps),
        sum=sum(product for product in products if product is not None) if complete else None,
        references=list(references),
        value=row.value,
        lower=row.lower,
        upper=row.upper,
    )

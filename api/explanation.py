"""A calibration in plain sentences, English and Dutch, made from its record, with one reading worked out."""

from collections.abc import Iterator, Mapping
from math import isfinite, nan

from api.models.calibrations import Explanation, Term, WorkedExample
from api.phrases import DUTCH, ENGLISH, UNITS, Phrases
from storage.rows import Calibration, Series

RAW, HUMIDITY, TEMPERATURE = 20.0, 70.0, 10.0
"""The reading of the example: raw [the series' unit], [%], [°C]; steady for hours, so that no lag counts."""

FEATURES: Mapping[str, float] = {
    "constant": 1.0,
    "raw": RAW,
    "raw_lag_1": 0.0,
    "raw_lag_2": 0.0,
    "raw_lag_3": 0.0,
    "relative_humidity": (HUMIDITY - 50.0) / 20.0,
    "temperature": (TEMPERATURE - 10.0) / 10.0,
}
"""Feature → its value in the example; mirrors validation.features, and a test keeps the two equal."""

WITHOUT_VALUE = ("no_skill", "not_calibrated", "paused")
LEAST_EXCESS = 0.005
"""A place that differs by less than half a per cent does not differ."""

NEW_DAYS = 56
"""How long a change is worth a sentence: after eight weeks the window holds little else anyhow."""

REFERENCES_NAMED = 8  # a sentence with more names is read by nobody; the record has them all


def explain(calibration: Calibration, series: Series) -> Explanation:
    """Explain a calibration of a series."""
    example = work_out(calibration)
    sentences = {
        language: [sentence for sentence in _sentences(calibration, series, example, phrases) if sentence]
        for language, phrases in (("en", ENGLISH), ("nl", DUTCH))
    }
    return Explanation(en=sentences["en"], nl=sentences["nl"], example=example)


def ordered(coefficients: Mapping[str, float]) -> dict[str, float]:
    """Put coefficients in the order of the features, which is that of the covariance; JSON in a database forgets it."""
    known = {name: coefficients[name] for name in FEATURES if name in coefficients}
    return known | {name: coefficients[name] for name in coefficients if name not in known}


def work_out(calibration: Calibration) -> WorkedExample:
    """Work the example out term by term; another gas that the sensor sees (`raw_<gas>`) is taken at the same raw."""
    terms = [
        Term(feature=name, coefficient=coefficient, input=_input(name), product=coefficient * _input(name))
        for name, coefficient in ordered(calibration.coefficients).items()
        if isfinite(coefficient)
    ]
    complete = bool(terms) and len(terms) == len(calibration.coefficients)
    given = complete and calibration.status not in WITHOUT_VALUE
    value = max(0.0, sum(term.product for term in terms)) if given else None
    return WorkedExample(raw=RAW, relative_humidity=HUMIDITY, temperature=TEMPERATURE, terms=terms, value=value)


def _input(feature: str) -> float:
    return FEATURES.get(feature, RAW if feature.startswith("raw_") else 0.0)


def _sentences(calibration: Calibration, series: Series, example: WorkedExample, phrases: Phrases) -> Iterator[str]:
    unit = UNITS.get(series.unit, series.unit)
    yield phrases.use.format(
        model=series.sensor_model,
        station=series.station_id,
        property=phrases.property(series.observed_property),
        unit=unit,
        begin=phrases.day(calibration.valid_begin),
        end=phrases.day(calibration.valid_end) if calibration.valid_end else phrases.until_newer,
    )
    yield phrases.status.get(calibration.status, phrases.other_status.format(status=calibration.status))
    yield phrases.window.format(
        begin=phrases.day(calibration.window_begin),
        end=phrases.day(calibration.window_end),
        method=calibration.method,
    )
    yield _references(calibration.reference_weight, phrases)
    if example.value is not None:
        yield from _effects(calibration.coefficients, unit, phrases)
    yield _scores(calibration.scores, unit, phrases)
    yield from _remarks(calibration.scores, example, phrases)
    yield phrases.interval
    yield _example(example, unit, phrases)


def _references(weights: Mapping[str, float], phrases: Phrases) -> str:
    shares = sorted(((weight, name) for name, weight in weights.items() if weight > 0.005), reverse=True)
    if not shares:
        return phrases.no_references
    listed = [f"{name} {100 * weight:.0f} %" for weight, name in shares[:REFERENCES_NAMED]]
    return phrases.references.format(list=", ".join(listed) + (", …" if len(shares) > REFERENCES_NAMED else ""))


def _effects(coefficients: Mapping[str, float], unit: str, phrases: Phrases) -> Iterator[str]:
    """Say what a change of each input does; the steps are those that the coefficients are scaled to."""
    for name, template, step in (
        ("raw", phrases.raw, 10.0),
        ("relative_humidity", phrases.humidity, 1.0),
        ("temperature", phrases.temperature, 1.0),
    ):
        effect = coefficients.get(name, 0.0) * step
        if abs(effect) >= 0.005:
            yield template.format(change=phrases.change(effect, unit))


def _scores(scores: Mapping[str, float], unit: str, phrases: Phrases) -> str:
    """Say the scores that have words; the record has them all."""
    known = [
        template.format(
            number=phrases.number(scores[name]),
            percent=phrases.number(100 * scores[name], 0),
            count=phrases.number(scores[name], 0),
            unit=unit,
        )
        for name, template in phrases.score.items()
        if isfinite(scores.get(name, nan))
    ]
    return phrases.scores.format(list="; ".join(known)) if known else ""


def _remarks(scores: Mapping[str, float], example: WorkedExample, phrases: Phrases) -> Iterator[str]:
    """Say what is particular: a place unlike its surroundings, how much the sensor itself tells, a recent change."""
    excess = scores.get("place_factor", nan) - 1.0
    if example.value is not None and abs(excess) >= LEAST_EXCESS:
        percent = phrases.number(100 * abs(excess), 0)
        yield phrases.place.format(percent=percent, change=phrases.higher if excess > 0 else phrases.lower)
    share = scores.get("information_share", nan)
    if isfinite(share):
        yield phrases.information.format(percent=phrases.number(100 * share, 0))
    days = scores.get("segment_days", nan)
    if days <= NEW_DAYS:
        yield phrases.segment.format(days=phrases.number(days, 0))


def _example(example: WorkedExample, unit: str, phrases: Phrases) -> str:
    if example.value is None:
        return phrases.no_example
    shown = [term.product for term in example.terms if term.input != 0]
    return phrases.example.format(
        raw=f"{example.raw:.0f}",
        humidity=f"{example.relative_humidity:.0f}",
        temperature=f"{example.temperature:.0f}",
        value=phrases.number(example.value),
        unit=unit,
        sum=" ".join(f"{'−' if product < 0 else '+'} {phrases.number(abs(product))}" for product in shown).removeprefix(
            "+ "
        ),
    )

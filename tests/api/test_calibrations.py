"""A calibration in JSON, in English and in Dutch."""

import math
from dataclasses import replace
from datetime import UTC, datetime

import httpx
import numpy as np
import pytest

from api.explanation import FEATURES, HUMIDITY, RAW, TEMPERATURE, explain, ordered, work_out
from storage.rows import Calibration, Series

DAY = datetime(2026, 5, 17, tzinfo=UTC)
SERIES = Series(7, 1, "gooi-01", "sps30-0", "SPS30", "pm2_5", "ug/m3")
RECORD = Calibration(
    calibration_id="c0ffee",
    series_key=7,
    fitted_at=DAY,
    valid_begin=DAY,
    valid_end=None,
    method="mm-reverse",
    status="full",
    window_begin=DAY,
    window_end=DAY,
    coefficients={"raw": 0.5, "constant": 2.0, "relative_humidity": -1.25, "temperature": 3.0},
    covariance=[],
    interval_parts={},
    reference_weight={"NL10404": 0.75, "NL10538": 0.25, "NL10636": 0.0},
    scores={"skill": 0.62, "skill_over_weather": math.nan, "mean_error": 2.314, "hours": 612.0, "slope": 0.5},
    provenance={},
    calibration_key=1,
)


def test_the_record_is_given_in_full(client: httpx.Client, gooi: dict[str, int]) -> None:
    """The answer has the whole record, NaN as null, may be kept for a day, and explains itself in two languages."""
    answer = client.get("/calibrations/c0ffee01")

    assert answer.headers["cache-control"] == "public, max-age=86400"
    body = answer.json()
    assert body["seriesId"] == gooi["gooi-01"]
    assert body["coefficients"] == {"constant": 2.0, "raw": 0.5, "raw_lag_1": 0.1, "relative_humidity": -1.25}
    assert list(body["coefficients"]) == ["constant", "raw", "raw_lag_1", "relative_humidity"]
    assert body["covariance"][0] == [0.01, None, None, None]
    assert body["scores"] == {"skill": 0.62, "drift": None}
    assert body["referenceWeight"] == {"NL10404": 0.75, "NL10538": 0.25}
    assert (body["validBegin"], body["validEnd"]) == ("2026-05-16T12:00:00Z", None)
    assert body["explanation"]["example"]["value"] == 10.75
    assert len(body["explanation"]["en"]) == len(body["explanation"]["nl"]) >= 7


def test_an_unknown_calibration_is_a_404(client: httpx.Client) -> None:
    """An id that was never given is a 404."""
    assert client.get("/calibrations/none").status_code == 404


def test_the_example_is_worked_out_term_by_term() -> None:
    """Raw 20 at 70 % is 2 + 0.5 × 20 − 1.25 × (70 − 50)/20 + 3 × 0 = 10.75, in the order of the features."""
    example = work_out(RECORD)

    assert [(term.feature, term.input, term.product) for term in example.terms] == [
        ("constant", 1.0, 2.0),
        ("raw", 20.0, 10.0),
        ("relative_humidity", 1.0, -1.25),
        ("temperature", 0.0, 0.0),
    ]
    assert example.value == 10.75


def test_a_concentration_is_never_below_zero() -> None:
    """Where the terms add up to less than nothing, the value is 0."""
    assert work_out(replace(RECORD, coefficients={"constant": -30.0, "raw": 0.5})).value == 0.0


@pytest.mark.parametrize(
    "changed",
    [
        {"status": "no_skill"},
        {"status": "not_calibrated"},
        {"coefficients": {}},
        {"coefficients": {"constant": 1.0, "raw": math.nan}},
    ],
)
def test_a_calibration_without_value_says_so(changed: dict[str, object]) -> None:
    """Without skill, without coefficients or with one unknown there is no example value, and the sentence says it."""
    explanation = explain(replace(RECORD, **changed), SERIES)  # type: ignore[arg-type]

    assert explanation.example.value is None
    assert explanation.en[-1] == "With this calibration a reading gets no value."
    assert explanation.nl[-1] == "Met deze kalibratie krijgt een meting geen waarde."


def test_the_sentences_are_plain_english() -> None:
    """Every sentence follows from the record; references without weight and scores without words are left out."""
    assert explain(RECORD, SERIES).en == [
        "This calibration turns what sensor SPS30 at station gooi-01 reports as PM2.5 into a value in µg/m³. "
        "It is used from 17 May 2026 until a newer one begins.",
        "Status: complete. There were enough good hours of this sensor itself.",
        "It was learnt from the hours between 17 May 2026 and 17 May 2026 UTC, with method mm-reverse.",
        "The official stations it was compared with, and how much each counted: NL10404 75 %, NL10538 25 %.",
        "For every 10 that the sensor reports more, the value is 5.00 µg/m³ higher.",
        "When the relative humidity is 20 percentage points higher, the value is 1.25 µg/m³ lower.",
        "When it is 10 °C warmer, the value is 3.00 µg/m³ higher.",
        "How well it fits, tried on hours it had not learnt from: mean error 2.31 µg/m³; "
        "gain over a constant value 62 %; 612 hours used.",
        "Of 100 true values, about 95 should lie between lower and upper.",
        "Example: a steady raw 20 at 70 % relative humidity and 10 °C becomes 10.75 µg/m³ (2.00 + 10.00 − 1.25).",
    ]


@pytest.mark.parametrize(
    ("scores", "english", "dutch"),
    [
        ({"place_factor": 1.12}, "taken to be 12 % higher than the official", "de lucht 12 % hoger dan de officiële"),
        ({"place_factor": 0.9}, "taken to be 10 % lower than the official", "de lucht 10 % lager dan de officiële"),
        ({"information_share": 0.83}, "83 % come from the sensor itself", "83 % van de sensor zelf"),
        ({"segment_days": 3.2}, "changed at the station 3 days before", "3 dagen eerder iets aan het station"),
        ({"place_factor": 1.001, "information_share": math.nan, "segment_days": 57.0}, None, None),
    ],
)
def test_what_is_particular_has_a_sentence(scores: dict[str, float], english: str | None, dutch: str | None) -> None:
    """The place, the sensor's share and a recent change are said once each; what is usual or unknown is not."""
    explanation = explain(replace(RECORD, scores={**RECORD.scores, **scores}), SERIES)
    more = [sentence for sentence in explanation.en if sentence not in explain(RECORD, SERIES).en]
    assert len(more) == (english is not None)
    if english and dutch:
        assert english in more[0]
        assert sum(dutch in sentence for sentence in explanation.nl) == 1


def test_the_sentences_are_plain_dutch() -> None:
    """Dutch has decimal commas, Dutch months and as many sentences as English."""
    explanation = explain(RECORD, SERIES)

    assert len(explanation.nl) == len(explanation.en)
    assert "PM2,5" in explanation.nl[0]
    assert "17 mei 2026" in explanation.nl[0]
    assert "gemiddelde fout 2,31 µg/m³; winst op een vaste waarde 62 %; 612 uren gebruikt" in explanation.nl[-3]
    assert explanation.nl[-1] == (
        "Voorbeeld: een constante ruwe 20 bij 70 % luchtvochtigheid en 10 °C wordt 10,75 µg/m³ (2,00 + 10,00 − 1,25)."
    )


def test_an_unknown_status_and_no_references_are_said_as_they_are() -> None:
    """A status that this release does not know is named, and missing references are said to be missing."""
    explanation = explain(replace(RECORD, status="new_kind", reference_weight={}), SERIES)

    assert explanation.en[1] == "Status: new_kind."
    assert "No official station was near enough to compare with." in explanation.en


def test_coefficients_get_their_order_back() -> None:
    """Known features come in the order of the covariance, unknown ones after them as they were."""
    stored = {"raw": 1.0, "raw_no2": 2.0, "constant": 3.0, "raw_o3": 4.0}

    assert list(ordered(stored)) == ["constant", "raw", "raw_no2", "raw_o3"]


def test_the_example_sees_what_the_calibration_sees() -> None:
    """The inputs of the example are the features that validation computes for that reading."""
    features = pytest.importorskip("validation.features", reason="comes with the validation room")
    raw = np.array([RAW])
    computed = features.features(raw, (raw, raw, raw), np.array([HUMIDITY]), np.array([TEMPERATURE]))

    assert dict(zip(features.names(), computed[0].tolist(), strict=True)) == FEATURES

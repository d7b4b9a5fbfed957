"""What stands behind a value: how it came about, what arrived, the calibrations, and what happened to the station."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from psycopg import Connection

from api.errors import BadParameterError, NotFoundError
from api.explanation import explain
from api.models.calibrations import MomentExplanation
from api.parameters import Query
from api.parsing import parse_time
from api.receipts import Receipt
from api.routes.explanations import explain_hour, explain_reading
from api.routes.receipts import ReceiptQuery, get_station_receipt
from storage import calibrations, events
from storage.pages import LatestRow
from storage.rows import Calibration, Event, Series

RECEIPT_DAYS = 7
CALIBRATIONS = 60  # two months of daily ones: enough to see a drift
LISTED = 8
EVENTS = frozenset(
    {
        "station_added", "hardware_changed", "moved", "step_found", "drift_found", "paused", "resumed",
        "station_claimed", "excluded", "included",
    }
)  # fmt: skip
"""Kinds that everybody may see. What an owner wrote beside one stays with the owner: it may say more than it should.
Why staff left a station out of the figures of areas is shown."""


@dataclass(frozen=True, slots=True)
class Slope:
    """One calibration in the row of them: what 10 µg/m³ more of raw add to the value, and its mean error."""

    record: Calibration
    rise: float | None
    error: float | None


@dataclass(frozen=True, slots=True)
class Story:
    """What the template of a station tells beside its values."""

    moment: MomentExplanation | None
    receipt: Receipt
    sentences: dict[str, list[str]]
    slopes: list[Slope]
    events: list[Event]

    @property
    def listed(self) -> list[Slope]:
        """Choose the newest calibrations for the table."""
        return self.slopes[:LISTED]

    @property
    def points(self) -> str:
        """Draw the rise of all calibrations in a box of 100 × 30, the oldest left, as points of an SVG polyline."""
        rises = [one.rise for one in reversed(self.slopes) if one.rise is not None]
        if len(rises) < 3:
            return ""
        low, high = min(rises), max(rises)
        room = (high - low) or 1.0
        return " ".join(
            f"{100 * place / (len(rises) - 1):.1f},{28 - 26 * (rise - low) / room:.1f}"
            for place, rise in enumerate(rises)
        )


def gather_story(
    conn: Connection, station_id: str, series: Series, last: LatestRow | None, wanted: str, now: datetime
) -> Story:
    """Fetch the story of a series; `wanted` is the begin of an hour to explain, else the last reading is."""
    history = calibrations.history(conn, series.series_key, CALIBRATIONS)
    return Story(
        moment=_moment(conn, series.series_key, last, wanted),
        receipt=get_station_receipt(station_id, conn, ReceiptQuery(days=RECEIPT_DAYS), now),
        sentences=_sentences(history, series),
        slopes=[Slope(one, _rise(one), one.scores.get("mean_error")) for one in history],
        events=[one for one in events.list_events(conn, station_id=station_id) if one.kind in EVENTS],
    )


def _moment(conn: Connection, series_key: int, last: LatestRow | None, wanted: str) -> MomentExplanation | None:
    try:
        if wanted:
            return explain_hour(series_key, parse_time(wanted), conn, Query())
        return explain_reading(series_key, last.time, conn, Query()) if last else None
    except (ValueError, BadParameterError, NotFoundError):
        return None  # not a time, or gone: raw readings may be kept for some days only


def _sentences(history: Sequence[Calibration], series: Series) -> dict[str, list[str]]:
    """Put the newest calibration into words."""
    if not history:
        return {"nl": [], "en": []}
    said = explain(history[0], series)
    return {"nl": said.nl, "en": said.en}


def _rise(record: Calibration) -> float | None:
    raw = record.coefficients.get("raw")
    return None if raw is None or raw != raw else 10 * raw

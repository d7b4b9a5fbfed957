"""Everything that the pages of a campaign show: its stations, its samples beside them, and what neither can say."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from psycopg import Connection

from api import campaign_figures
from api.area_interval import STATIONS_MIN, half_width
from api.campaign_figures import Figures
from api.web.levels import LEVELS, Level
from api.web.place_drawing import Places, places
from storage import areas, campaigns, samples
from storage.areas import Area
from storage.campaigns import Campaign, Measured
from storage.samples import Batch, Sample
from validation.passive import METHODS, Method, place_means, repeatability

YEAR_LEVELS: Mapping[str, Sequence[Level]] = {
    **{name: [one for one in found if one.allowed is None] for name, found in LEVELS.items()},
    "no2": (Level("WHO", 10), Level("EU 2030", 20)),
}
"""Values of a year's mean [µg/m³]: WHO global air quality guidelines 2021; Directive (EU) 2024/2881, Annex I."""

ALMOST_YEAR = timedelta(days=330)


@dataclass(frozen=True, slots=True)
class PlaceValue:
    """What hung at one place in one period: the mean of so many samples, its interval where one was stated."""

    place: str
    begin: datetime
    end: datetime
    count: int
    value: float
    lower: float | None
    upper: float | None
    raw: float
    limited: bool
    latitude: float
    longitude: float
    is_public: bool


@dataclass(frozen=True, slots=True)
class Batched:
    """One batch of samples by place; without median fewer than three places. `spread` is of samples side by side."""

    batch: Batch
    method: Method
    places: Sequence[PlaceValue]
    place_count: int
    median: float | None
    lower: float | None
    upper: float | None
    least: float | None
    most: float | None
    spread: float | None
    beside: int


@dataclass(frozen=True, slots=True)
class CampaignView:
    """What the templates of a campaign name."""

    campaign: Campaign
    area: Area | None
    figures: Figures
    stations: Sequence[Measured]
    batches: Sequence[Batched]
    drawn: Places | None
    state: str  # planned, running, over
    cannot: Sequence[str]
    levels: Sequence[Level]


def gather_campaign(conn: Connection, code: str, now: datetime, *, tiles_url: str | None = None) -> CampaignView | None:
    """Fetch all of a campaign, its map on the tiles that were configured; None where there is none of that code."""
    campaign = campaigns.find(conn, code)
    if campaign is None:
        return None
    figures, stations = campaign_figures.gather(conn, campaign, campaign.observed_property, now)
    found = samples.select(conn, campaign.campaign_key)
    batches = [_batched(one, found) for one in samples.batches(conn, campaign.campaign_key)]
    area = areas.find_area(conn, campaign.area_code) if campaign.area_code else None
    points = [(one.longitude, one.latitude) for one in stations]
    points += [(one.longitude, one.latitude) for each in batches for one in each.places]
    return CampaignView(
        campaign=campaign,
        area=area,
        figures=figures,
        stations=stations,
        batches=batches,
        drawn=places(points, area.geometry if area else None, tiles_url=tiles_url),
        state="planned" if now < campaign.begin else "running" if now < campaign.end else "over",
        cannot=_cannot(figures, batches),
        levels=YEAR_LEVELS.get(campaign.observed_property, ()),
    )


def _batched(batch: Batch, found: Sequence[Sample]) -> Batched:
    """Lay the samples of a batch together by place and period."""
    own = [one for one in found if one.batch == batch.label]
    hung = [one for one in own if one.kind == "sample" and one.place is not None and one.value is not None]
    keys = sorted({(one.begin, one.place or "", one.end) for one in hung})
    number = {key: position for position, key in enumerate(keys)}
    group = np.array([number[one.begin, one.place or "", one.end] for one in hung], np.int64)
    value, lower, upper, raw = (
        np.array([_or_nan(getattr(one, name)) for one in hung], np.float64)
        for name in ("value", "lower", "upper", "raw")
    )
    if not hung:
        return Batched(batch, METHODS[batch.method], [], 0, None, None, None, None, None, None, _beside(own))
    means = np.column_stack((*place_means(group, value, lower, upper), *place_means(group, raw)))
    first = {number[one.begin, one.place or "", one.end]: one for one in reversed(hung)}
    rows = [_place(first[at], int(count), means[at]) for at, count in enumerate(np.bincount(group))]
    shown = len({row.place for row in rows}) >= STATIONS_MIN
    median, low, high = _middle(means) if shown else (None, None, None)
    return Batched(
        batch, METHODS[batch.method], rows, len({row.place for row in rows}), median, low, high,
        float(means[:, 0].min()) if shown else None, float(means[:, 0].max()) if shown else None,
        repeatability(group, value), _beside(own),
    )  # fmt: skip


def _place(one: Sample, count: int, mean: np.typing.NDArray[np.float64]) -> PlaceValue:
    value, lower, upper, raw = mean.tolist()
    assert one.latitude is not None and one.longitude is not None  # noqa: S101, PT018 -- the table demands both
    return PlaceValue(
        one.place or "", one.begin, one.end, count, value, _or_none(lower), _or_none(upper), raw, one.limited,
        one.latitude, one.longitude, one.place_is_public,
    )  # fmt: skip


def _middle(means: np.typing.NDArray[np.float64]) -> tuple[float, float | None, float | None]:
    """Give the median over places, and its interval as of stations: how they scatter, and what they have in common."""
    median = float(np.median(means[:, 0]))
    half = float(np.mean(means[:, 2] - means[:, 1])) / 2
    if np.isnan(half):
        return median, None, None
    wide = half_width(float(means[:, 0].std(ddof=1)), half, len(means))
    return median, max(0.0, median - wide), median + wide


def _cannot(figures: Figures, batches: Sequence[Batched]) -> list[str]:
    """Name what this campaign cannot say, by messages."""
    found = ["limit", "everywhere", "cause"]
    if figures.end - figures.begin < ALMOST_YEAR:
        found.append("year")
    if (figures.stations and figures.median is None) or any(one.median is None for one in batches):
        found.append("few")
    if any(one.batch.factor is None and one.method.observed_property for one in batches):
        found.append("bias")
    if any(one.method.unit != "ug/m3" for one in batches):
        found.append("relative")
    if batches and figures.stations:
        found.append("mixed")
    return found


def _beside(own: Sequence[Sample]) -> int:
    return sum(one.kind == "reference" for one in own)


def _or_nan(value: float | None) -> float:
    return np.nan if value is None else value


def _or_none(value: float) -> float | None:
    return None if np.isnan(value) else value

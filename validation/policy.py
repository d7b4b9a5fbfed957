"""The numbers that validation decides with: one typed, versioned table; never computed from data, never read from a
file.

Where a number comes from stands beside it: [M] measured on the real networks listed in docs/calibration.md, [D] the
sensor's data sheet, [R] a regulation or published procedure, [C] a convention of ours, open to argument.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

VERSION = "2026-11-22.2"

_TRANSFERS = 100.0  # hours that common slopes are worth, where they are worth anything


@dataclass(frozen=True, slots=True)
class PropertyPolicy:
    """What is believable for one observed property; levels in the property's own unit (docs/payload.md)."""

    low: float
    high: float
    unit_scale: float
    """A difference that matters [property unit]: the noise of an hour at a background site."""
    spike_margin: float
    """What a jump must exceed, beside the factors of the spike test [property unit]."""
    base: float
    """Errors grow as base + level: a tenfold level does not have a tenfold error [property unit]."""
    sibling_hours: float
    """Weight of the sensor model's common slopes, as hours of data. Electrochemical cells share nothing."""
    half_lives: tuple[float, ...] = (float("inf"),)
    """An hour this old may count half in the fit [h]: cells age, particle counters hardly [M]."""
    lags: bool = True
    """Explain with the last hours too: a box warms and dries slowly; a cell answers within minutes."""
    signed: bool = False
    """Raw may be negative or in electrical units: test both sides against the series' own scale."""
    takes_up_water: bool = False
    """Particles do: above 85 % humidity a reading may be mostly water (validation/humidity.py)."""
    additive: bool = False
    """Places differ by so many units, not by so many per cent: departures are differences and not ratios."""
    reading_margin: float = 50.0
    """As spike_margin, for single readings: they vary more than hours do [property unit]."""
    stuck_run: int = 6
    """Equal readings in a row that are one too many, reading level."""
    rate_per_hour: float = float("inf")
    """The fastest believable change [property unit per hour], reading level."""

    @property
    def transfers(self) -> bool:
        """Whether one sensor's coefficients say something of another's of its model: cells share nothing."""
        return self.sibling_hours >= _TRANSFERS


_PARTICLES = PropertyPolicy(
    low=-5.0,  # [C] below zero by noise is kept; lower is a code for 'no value'
    high=1000.0,  # [D] Plantower, SDS011 and SPS30 all end at 999 or 1000 µg/m³
    unit_scale=1.0,  # [M] hourly noise of FEM monitors side by side
    spike_margin=8.0,  # [M] calibration evidence A3.1: 97.6-99.6 % of spoiled hours found
    reading_margin=40.0,  # [C] a cigarette ten metres away, or a lorry: five minutes at +30 µg/m³
    base=20.0,  # [M] A3.6
    sibling_hours=1000.0,  # [M] A4: 200 to 5000 are a tie
    stuck_run=8,  # [M] SDS011 resolves 0.1 µg/m³: seven equal readings happen in clean air
    rate_per_hour=600.0,  # [C] fireworks at 20 m: 0 to 500 µg/m³ within the hour
    takes_up_water=True,
)
_AGEING = (672.0, 1344.0, float("inf"))  # [M] no one wins everywhere: validation/memory.py chooses for each cell
_GAS = PropertyPolicy(
    low=-200.0,  # [C] uncompensated cells drift far below zero
    high=2000.0,  # [D] end of scale of Alphasense B4 cells is 20 ppm, of the analysers 1 ppm
    unit_scale=1.5,  # [M] two NO2 analysers at one site
    spike_margin=12.0,  # [C] as for particles, in ppb
    base=20.0,  # [C] half a usual urban level
    sibling_hours=30.0,  # [M] coefficients do not transfer between cells (25 ppb against 4 ppb)
    half_lives=_AGEING,
    lags=False,  # [D] t90 of B4 cells is below 80 s; [M] without: Toucan O3 2.96 against 3.08 ppb
    signed=True,
    rate_per_hour=500.0,  # [C]
)
_WEATHER = PropertyPolicy(
    low=-40.0, high=60.0, unit_scale=1.0, spike_margin=8.0, base=20.0, sibling_hours=0.0, signed=True,
    additive=True, reading_margin=8.0,
    stuck_run=72,  # [C] 0.1 degree in a calm night, every five minutes: equal for six hours
    rate_per_hour=40.0,  # [C]
)  # fmt: skip

PROPERTIES: Mapping[str, PropertyPolicy] = MappingProxyType(
    {
        "pm1": _PARTICLES,
        "pm2_5": _PARTICLES,
        "pm4": _PARTICLES,
        "pm10": PropertyPolicy(
            low=-5.0, high=2000.0, unit_scale=2.0, spike_margin=16.0, base=30.0, sibling_hours=1000.0,
            takes_up_water=True,
            stuck_run=8, rate_per_hour=1200.0,  # [D] SDS011 counts to 1999.9; [C] twice the margins of PM2.5
        ),
        "no2": _GAS,
        "o3": PropertyPolicy(
            low=-200.0, high=1000.0, unit_scale=1.5, spike_margin=15.0, base=30.0, sibling_hours=30.0,
            half_lives=_AGEING, lags=False, signed=True, rate_per_hour=300.0,  # [C] twice those of NO2: midday peaks
        ),
        "temperature": _WEATHER,  # [D] BME280, SHT31, DHT22: -40 to 80 °C; [C] no outdoor air above 60 °C
        "relative_humidity": PropertyPolicy(
            low=0.0, high=100.0, unit_scale=2.0, spike_margin=20.0, base=50.0, sibling_hours=0.0, signed=True,
            additive=True, reading_margin=30.0, stuck_run=288, rate_per_hour=200.0,  # [C] fog holds 100 % for a day
        ),
        "air_pressure": PropertyPolicy(
            low=300.0, high=1100.0, unit_scale=0.5, spike_margin=10.0, base=20.0, sibling_hours=0.0, signed=True,
            additive=True, reading_margin=5.0, stuck_run=72, rate_per_hour=20.0,  # [D] BMP/BME280: 300 to 1100 hPa
        ),
        "air_pressure_sea_level": PropertyPolicy(
            low=850.0, high=1090.0, unit_scale=0.5, spike_margin=10.0, base=20.0, sibling_hours=0.0, signed=True,
            additive=True, reading_margin=5.0, stuck_run=72,
            rate_per_hour=20.0,  # [R] WMO world records: 870 and 1084 hPa
        ),
        "co2": PropertyPolicy(
            low=250.0, high=40000.0, unit_scale=10.0, spike_margin=400.0, base=400.0, sibling_hours=0.0,
            reading_margin=4000.0, rate_per_hour=20000.0,  # [D] SCD30, SCD41 end at 40,000 ppm; [C] 250
        ),
        "noise": PropertyPolicy(
            low=10.0, high=140.0, unit_scale=1.0, spike_margin=40.0, base=50.0, sibling_hours=0.0, signed=True,
            additive=True, reading_margin=60.0, rate_per_hour=1e4,  # [D] MEMS microphones: 30 to 130 dB(A)
        ),
        "wind_speed": PropertyPolicy(
            low=0.0, high=75.0, unit_scale=0.5, spike_margin=20.0, base=10.0, sibling_hours=0.0,
            stuck_run=288, rate_per_hour=1e4,  # [R] WMO-No. 8: 75 m/s is the end of the measuring range
        ),
        "wind_direction": PropertyPolicy(
            low=0.0, high=360.0, unit_scale=10.0, spike_margin=1e9, base=360.0, sibling_hours=0.0,
            reading_margin=1e9, stuck_run=288,
        ),
    }
)  # fmt: skip

_ANYTHING = PropertyPolicy(
    low=-1e9, high=1e9, unit_scale=1.0, spike_margin=1e9, base=1.0, sibling_hours=0.0, reading_margin=1e9, signed=True,
    additive=True, stuck_run=288
)  # fmt: skip

SENTINELS = (-999.0, -200.0, -128.0, -1.0, 999.9, 6553.5, 65535.0)
"""Codes for 'no value' seen in devices: PMS, DHT22, DS18B20, Sensirion, 16 bits full [D]."""


@dataclass(frozen=True, slots=True)
class Policy:
    """How screening, field, fit, interval and estimate decide. Hours unless another unit stands in the name."""

    # fit: windows and least data [M] A3.3
    fit_window: int = 26 * 168
    fit_history: int = 60 * 168
    level_window: int = 8 * 168
    least_hours: int = 120
    least_hours_with_siblings: int = 60
    full_hours: int = 504
    hold_after: int = 72
    memory_tolerance: float = 0.05  # [C] a shorter memory has to be this much better
    # fit: the regression [M] A3.3; 4.685 is 95 % efficiency under normal errors (Yohai 1987)
    tuning: float = 4.685
    starts: int = 60
    start_hours: int = 250
    error_memory: int = 48  # hours whose errors know each other, for the covariance of the coefficients [M]
    # fit: how far sensors of one model, and places of one city, differ (standard deviation of the logarithm)
    gain_spread: float = 0.20  # [M] three units at one spot: 30 % between the highest and the lowest
    place_spread: float = 0.20  # [C] as much again; blended with how far the references differ
    prior_gains: float = 5.0
    prior_places: float = 5.0
    # no value below this skill [M] A3.7; weather alone gives R² .72 for O3 in one real set
    least_skill: float = 0.15
    least_skill_far: float = 0.20
    least_skill_over_weather: float = 0.05
    far_km: float = 60.0
    # field [M] A3.2
    collocated_km: float = 0.5
    same_spot_km: float = 0.3
    near_km: float = 1.5
    wrong_reference_factor: float = 4.0
    # screening [M] A3.1
    neighbours: int = 8
    neighbour_km: float = 25.0
    lookback: int = 96
    # neighbours: benchmarks/quality.py, seeds 1 and 2 [M]; the scores are in usual scales of the series
    around: int = 20
    neighbour_found: float = 3.0
    neighbour_lasting: float = 2.5
    usual_window: int = 4 * 168
    # interval [M] A3.6: prior sizes relative to the median value, and their weight as pseudo-stations
    prior_stations: float = 5.0
    increment_up: float = 0.50
    increment_down: float = 0.05
    noise: float = 0.22
    coverage_factor: float = 2.1  # Student's t for some twenty degrees of freedom
    water_spread: float = 0.5  # [C] of the share of a reading that may be water, as one standard deviation
    held_growth_per_week: float = 0.02
    # estimate [M] A3.4
    sensor_share: float = 0.85
    sensor_share_shared_air: float = 0.15
    shared_air: float = 0.40
    common_share: float = 0.70
    same_spot_share: float = 0.50
    seed: int = 1
    properties: Mapping[str, PropertyPolicy] = field(default_factory=lambda: PROPERTIES)

    def of(self, observed_property: str) -> PropertyPolicy:
        """Look the observed property up; an unknown one is never judged out of range."""
        return self.properties.get(observed_property, _ANYTHING)


DEFAULT = Policy()

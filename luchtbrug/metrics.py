"""What a service says of itself to Prometheus: figures that are read when somebody asks, and cost nothing before."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from prometheus_client import CollectorRegistry, ProcessCollector, start_http_server
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from luchtbrug.settings import SettingsError

if TYPE_CHECKING:  # a service imports what it runs, and not the other
    from ingest.service import Counters
    from luchtbrug.jobs.loop import Turns
    from luchtbrug.jobs.retention import Nights

Family = CounterMetricFamily | GaugeMetricFamily


@dataclass(frozen=True, slots=True)
class Metric:
    """A figure with its name in Prometheus; a counter only grows, and Prometheus adds `_total` to its name."""

    name: str
    kind: Literal["counter", "gauge"]
    text: str
    values: Mapping[tuple[str, ...], float] = field(default_factory=dict)
    labels: tuple[str, ...] = ()


INGEST = {
    "messages": "messages received and dealt with",
    "readings_stored": "readings stored",
    "validated": "readings that got a calibrated value",
    "duplicates": "readings that were there already",
    "quarantined": "messages put aside as a whole, with a reason",
    "partly_refused": "messages of which some values were refused",
    "refused": "values refused",
    "without_readings": "messages without readings: status, meta, retained",
    "batches": "transactions committed",
    "acknowledged": "messages acknowledged to the broker",
    "redelivered": "second copies of what was in hand when a connection ended",
    "database_lost": "times the database went away",
}
"""The counters of ingest, by their names in `Counters`."""


def of_ingest(counters: "Counters") -> Iterator[Metric]:
    """Yield the figures of ingest."""
    counts = counters.as_dict()
    for name, text in INGEST.items():
        yield _single(f"luchtbrug_ingest_{name}", "counter", text, counts[name])
    yield _single("luchtbrug_ingest_busy_seconds", "counter", "time spent on batches [s]", counters.busy_s)
    yield _single(
        "luchtbrug_ingest_behind_seconds", "gauge", "age of the last batch's oldest message [s]", counters.behind_s
    )
    yield _single("luchtbrug_ingest_waiting", "gauge", "messages received that wait for a batch", counters.waiting)
    yield _single("luchtbrug_ingest_subscribed", "gauge", "1 while the broker sends us messages", counters.ready)


def of_calibrate(turns: "Turns") -> Iterator[Metric]:
    """Yield the figures of the calibrate job, and the newest public scores."""
    yield _single("luchtbrug_calibrate_turns", "counter", "looks for new hours", turns.turns)
    yield _single("luchtbrug_calibrate_hours", "counter", "hours made of readings", turns.hours)
    yield _single("luchtbrug_calibrate_validated", "counter", "hours validated", turns.validated)
    yield _single("luchtbrug_calibrate_fitted", "counter", "calibrations fitted", turns.fitted)
    yield _single("luchtbrug_calibrate_failed", "counter", "looks that failed for want of the database", turns.failed)
    yield _single("luchtbrug_calibrate_seconds", "counter", "time spent looking, fits included [s]", turns.seconds)
    yield _single("luchtbrug_calibrate_fit_seconds", "counter", "time spent fitting [s]", turns.fit_s)
    yield _single("luchtbrug_calibrate_last_seconds", "gauge", "end of the last look, in Unix time [s]", turns.last)
    labels = ("observed_property", "product", "sensor_model", "band_km")
    for name in ("coverage", "rmse", "validated_share"):
        scores: dict[tuple[str, ...], float] = {
            (each.observed_property, each.product, each.sensor_model, f"{each.band_begin_km:g}"): getattr(each, name)
            for each in turns.scores
        }
        text = f"public score of the newest day: {name} at references left out"
        yield Metric(f"luchtbrug_score_{name}", "gauge", text, scores, labels)


def of_retention(nights: "Nights") -> Iterator[Metric]:
    """Yield what went by its age since the start, by class of data."""
    removed: dict[tuple[str, ...], float] = {(name,): float(count) for name, count in nights.removed.items()}
    yield Metric("luchtbrug_retention_removed", "counter", "rows and files deleted by age", removed, ("data_class",))
    yield _single("luchtbrug_retention_last_seconds", "gauge", "end of the last sweep, in Unix time [s]", nights.last)
    yield _single("luchtbrug_retention_failed", "counter", "sweeps that failed", nights.failed)


@contextmanager
def exposed(read: Callable[[], Iterable[Metric]], *, host: str, port: int | None) -> Iterator[None]:
    """Give the figures at http://host:port/metrics while the service runs; without a port, nowhere.

    Raises SettingsError where the port cannot be had.
    """
    if port is None:
        yield
        return
    registry = CollectorRegistry()
    registry.register(_Reading(read))
    ProcessCollector(registry=registry)
    try:
        server, thread = start_http_server(port, host, registry)
    except OSError as error:
        raise SettingsError(f"LUCHTBRUG_METRICS_PORT={port} cannot be had: {error.strerror}") from error
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Reading(Collector):
    """Reads the figures anew for each who asks."""

    def __init__(self, read: Callable[[], Iterable[Metric]]) -> None:
        self._read = read

    def collect(self) -> Iterator[Family]:
        for metric in self._read():
            kind = CounterMetricFamily if metric.kind == "counter" else GaugeMetricFamily
            family = kind(metric.name, metric.text, labels=metric.labels)
            for labels, value in metric.values.items():
                family.add_metric(list(labels), value)
            yield family


def _single(name: str, kind: Literal["counter", "gauge"], text: str, value: float) -> Metric:
    return Metric(name, kind, text, {(): float(value)})

"""Is anything lost, stored twice or put under the wrong station when many kinds of devices send at once?

Run `python -m benchmarks.fleet` (needs Debian's mosquitto and mosquitto-clients; 10 minutes). 300 simulated stations
in 16 formats publish to a real Mosquitto and push to the real HTTP door, with drops of their Wi-Fi, power cuts, wrong
clocks, repeated messages and failed sensors. What the platform took (acknowledged by the broker, or answered 2xx)
stands in the fleet's own ledger; what PostgreSQL then holds is held against it, reading by reading. The last line is
JSON: `lost`: taken and not stored; `twice`: stored and not (or not so often) said; `wrong_station`: a reading that one
station said and that stands under another; `behind_s`: how long after the last message the last reading was stored.
"""

import argparse
import json
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.fleet_world import Platform, cpu_seconds, mosquitto, platform, programs_missing, register_all
from firmware_sim.devices import FORMATS
from firmware_sim.expected import kept_time
from firmware_sim.mixed import MixedFleet
from firmware_sim.mixed_ledger import MixedSummary, said_of, was_taken
from firmware_sim.stations import make_mixed_stations
from luchtbrug.database import embedded
from storage.connection import connect
from storage.migrate import migrate
from validation.flags import Flag

STORED = """
SELECT station_id, observed_property,
       CASE WHEN flags & %s = 0 THEN round(extract(epoch FROM time) * 1000)::bigint END,
       date_trunc('second', time) = received_at, raw
FROM reading JOIN series USING (series_key) JOIN station USING (station_key)
"""
QUARANTINED = "SELECT reason, count(*) FROM quarantine GROUP BY reason ORDER BY reason"

# A SenML pack whose times count from now is stored at its receipt without the flag: the device told a time, of a kind.
# Receipt is kept to the second, so a time in that second is one that was told if anybody told it.

TOLERANCE = 1e-4  # two ways of calculating the same conversion
_QUIET_S, _MOST_S = 2.0, 120.0

Key = tuple[str, str, int | None]
"""Station, observed property, and the time [ms since 1970] where the device's own has to be kept."""

Values = Mapping[Key, list[float]]


@dataclass(frozen=True, slots=True)
class Balance:
    """What was said against what is stored."""

    said: int
    stored: int
    lost: int
    twice: int
    wrong_station: int


@dataclass(frozen=True, slots=True)
class Run:
    """A run of the fleet and its balance."""

    fleet: MixedSummary
    balance: Balance
    quarantined: dict[str, int]
    behind_s: float
    ingest_cpu_s: float
    api_cpu_s: float


def main() -> None:
    """Print the figures."""
    options = _options()
    if missing := programs_missing():
        raise SystemExit(f"missing: {', '.join(missing)} (Debian: apt-get install mosquitto mosquitto-clients)")
    with tempfile.TemporaryDirectory(prefix="luchtbrug-fleet-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        with embedded(folder / "postgres") as url:
            with connect(url) as conn:
                migrate(conn)
            run = run_fleet(
                url, folder, stations=options.stations, seconds=60 * options.minutes, interval_s=options.interval
            )
    for part in (run.fleet, run.balance):
        print(", ".join(f"{name} {value}" for name, value in asdict(part).items()))
    flat = asdict(run.fleet) | asdict(run.balance) | asdict(run)
    print(json.dumps({name: value for name, value in flat.items() if name not in ("fleet", "balance")}))


def run_fleet(
    database_url: str, folder: Path, *, stations: int, seconds: float, interval_s: float, seed: int = 1,
    drops: float = 0.02,
) -> Run:  # fmt: skip
    """Let a fleet send to a platform of its own on a migrated database, and hold the database against its ledger."""
    fleet = make_mixed_stations(stations, seed, list(FORMATS))
    ledger = folder / "fleet.jsonl"
    with mosquitto(folder / "mosquitto") as broker, platform(database_url, broker, folder) as services:
        keys = register_all(database_url, broker, fleet)
        with MixedFleet(fleet, services.mqtt_url, services.http_url, keys, interval_s=interval_s, faults=4.0,
                        drops=drops, ledger=ledger) as mixed:  # fmt: skip
            summary = mixed.run(threading.Event(), seconds=seconds)
        behind = _settle(database_url, summary.readings)
        used = _used(services)
    return Run(
        summary,
        _balance(_said(ledger), _said(ledger, taken=False), database_url),
        _quarantined(database_url),
        behind,
        *used,
    )


def balance(said: Values, stored: Values, unclear: Values | None = None) -> Balance:
    """Match every stored reading with one that was said, of the same station, property and time, one to one.

    What is stored of `unclear` messages, whose answer never came, is neither counted nor twice.
    """
    missing: dict[tuple[str, int | None], list[float]] = defaultdict(list)
    surplus: dict[tuple[str, int | None], list[float]] = defaultdict(list)
    for key in said.keys() | stored.keys():
        lost, more = unmatched(said.get(key, []), stored.get(key, []))
        more = unmatched((unclear or {}).get(key, []), more)[1]
        missing[key[1:]] += lost
        surplus[key[1:]] += more
    wrong = sum(
        len(values) - len(unmatched(values, surplus.get(key, []))[0]) for key, values in missing.items() if values
    )
    return Balance(
        said=_count(said.values()), stored=_count(stored.values()), lost=_count(missing.values()) - wrong,
        twice=_count(surplus.values()) - wrong, wrong_station=wrong,
    )  # fmt: skip


def unmatched(first: Iterable[float], second: Iterable[float]) -> tuple[list[float], list[float]]:
    """Pair the values of two lists that are equal within the tolerance; what stays over of each."""
    ones, others = sorted(first, reverse=True), sorted(second, reverse=True)
    left: list[float] = []
    right: list[float] = []
    while ones and others:
        if abs(ones[-1] - others[-1]) <= TOLERANCE:
            ones.pop()
            others.pop()
        elif ones[-1] < others[-1]:
            left.append(ones.pop())
        else:
            right.append(others.pop())
    return left + ones, right + others


def _count(lists: Iterable[list[float]]) -> int:
    return sum(map(len, lists))


def _said(ledger: Path, *, taken: bool = True) -> Values:
    found: dict[Key, list[float]] = defaultdict(list)
    with ledger.open(encoding="utf-8") as lines:
        for line in lines:
            if was_taken(line) is not taken:
                continue
            station, _, sent, said = said_of(line)
            for one in said:
                time_s = kept_time(one, sent)
                milliseconds = None if time_s is None else round(time_s * 1000)
                found[station, one.observed_property, milliseconds].append(one.value)
    return found


def _balance(said: Values, unclear: Values, database_url: str) -> Balance:
    stored: dict[Key, list[float]] = defaultdict(list)
    known = said.keys() | unclear.keys()
    with connect(database_url) as conn:
        for station, name, milliseconds, at_receipt, raw in conn.execute(STORED, (int(Flag.TIME_RECEIVED),)):
            untold = at_receipt and (station, name, milliseconds) not in known
            stored[station, name, None if untold else milliseconds].append(raw)
    return balance(said, stored, unclear)


def _quarantined(database_url: str) -> dict[str, int]:
    with connect(database_url) as conn:
        return dict(conn.execute(QUARANTINED).fetchall())


def _settle(database_url: str, readings: int) -> float:
    """Wait until everything is stored, or nothing more comes; how long that took [s]."""
    begin = grew = time.monotonic()
    last = -1
    with connect(database_url) as conn:
        while (now := time.monotonic()) - begin < _MOST_S and last < readings:
            row = conn.execute("SELECT count(*) FROM reading").fetchone()
            conn.commit()
            count = int(row[0]) if row else 0
            if count != last:
                last, grew = count, now
            elif now - grew > 5 * _QUIET_S:
                break
            time.sleep(0.1)
    return round(grew - begin, 2)


def _used(services: Platform) -> tuple[float, float]:
    return round(cpu_seconds(services.ingest), 1), round(cpu_seconds(services.api), 1)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="A mixed fleet against its own ledger")
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--stations", type=int, default=300)
    parser.add_argument(
        "--interval",
        type=float,
        default=12.0,
        help="seconds between a station's measurements; below 10, equal states are repetitions",
    )
    return parser.parse_args()


if __name__ == "__main__":
    main()

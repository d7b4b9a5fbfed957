"""Read us with OpenAQ's official client, as a user does: only the base URL is another one."""

import json
import sys
from typing import Any

from openaq import OpenAQ

base_url, sensor = sys.argv[1], int(sys.argv[2])

with OpenAQ(api_key="0" * 64, base_url=base_url) as client:
    near = client.locations.list(coordinates=(52.22, 5.18), radius=1000, parameters_id=2)
    location = near.results[0]
    again = client.locations.get(location.id).results[0]
    day: dict[str, Any] = {"datetime_from": "2026-05-17", "datetime_to": "2026-05-18"}
    readings = client.measurements.list(sensor, "measurements", limit=5, **day)
    hours = client.measurements.list(sensor, "hours", **day)
    days = client.measurements.list(sensor, "days", date_from="2026-05-17", date_to="2026-05-18")
    monthly = client.measurements.list(sensor, "hours", "monthly")
    clock = client.measurements.list(sensor, "hours", "hourofday")
    found = {
        "names": [one.name for one in client.locations.list(bbox=(5.0, 52.0, 5.5, 52.5), limit=10).results],
        "monitors": len(client.locations.list(monitor=True).results),
        "abroad": len(client.locations.list(iso="BE").results),
        "distances": [near.results[0].distance is not None, again.distance is None],
        "location": [again.name, again.country.code, again.is_monitor, round(again.coordinates.latitude, 2)],
        "first": again.datetime_first.utc,
        "sensors": [[one.parameter.name, one.parameter.units] for one in again.sensors],
        "sensor": client.sensors.get(sensor).results[0].parameter.display_name,
        "of_location": [one.id == sensor for one in client.locations.sensors(location.id).results],
        "latest": [[one.value, one.sensors_id == sensor] for one in client.locations.latest(location.id).results],
        "latest_pm25": len(client.parameters.latest(2).results),
        "readings": [len(readings.results), readings.meta.found, readings.results[0].value],
        "hours": [[one.value, one.period.datetime_from.utc, one.coverage.percent_complete] for one in hours.results],
        "days": [[one.value, one.summary.median, one.coverage.expected_count] for one in days.results],
        "monthly": [[one.period.label, one.period.datetime_from.utc, one.value] for one in monthly.results],
        "clock": len(clock.results),
        "parameters": [one.name for one in client.parameters.list().results],
        "parameter": client.parameters.get(2).results[0].name,
        "country": client.countries.list().results[0].code,
        "provider": client.providers.list().dict()["results"][0]["bbox"]["type"],
        "owner": client.owners.list().results[0].id,
        "license": client.licenses.list().results[0].commercial_use_allowed,
        "instrument": client.instruments.list().results[0].name,
        "manufacturer": client.manufacturers.list().results[0].instruments[0].name,
        "made": client.manufacturers.instruments(1).results[0].is_monitor,
        "limit": near.headers.x_ratelimit_limit > near.headers.x_ratelimit_used > 0,
    }
print(json.dumps(found))  # noqa: T201  # the test reads it

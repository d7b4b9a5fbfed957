"""Read a SensorThings service with istSOS's client; print what was found as JSON."""

import json
import sys

from istsos4_client import Client
from istsos4_client.models import Datastream, Observation, Thing

with Client(sys.argv[1], max_retries=0) as client:
    things = client.list(Thing, filter="name eq 'LUB_gooi_01'", expand="Datastreams,Locations")
    datastream = client.get(Datastream, int(sys.argv[2]), expand="Thing,Sensor,ObservedProperty")
    observations = client.list(
        Observation,
        filter=f"Datastream/id eq {sys.argv[2]} and phenomenonTime ge 2026-01-01T00:00:00Z",
        orderby="phenomenonTime asc",
        top=1,
    )
    found = {
        "things": [thing.name for thing in things],
        "datastream": datastream.name,
        "results": [each.result for each in observations],
    }
sys.stdout.write(json.dumps(found))

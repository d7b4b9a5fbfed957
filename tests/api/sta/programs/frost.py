"""Read a SensorThings service with Fraunhofer's client; print what was found as JSON."""

import json
import sys

import frost_sta_client as fsc

service = fsc.SensorThingsService(sys.argv[1])
things = service.things().query().filter("startswith(name, 'LUB_gooi')").expand("Locations,Datastreams").list()
datastream = service.datastreams().find(int(sys.argv[2]))
observations = datastream.get_observations().query().top(1).orderby("phenomenonTime", "asc").count().list()
followed = [float(each.result) for each in observations]
found = {
    "things": [thing.name for thing in things],
    "coordinates": [[location.location["coordinates"] for location in thing.locations] for thing in things],
    "datastreams": [len(thing.datastreams.entities) for thing in things],
    "unit": datastream.unit_of_measurement.symbol,
    "count": observations.count,
    "results": followed,
    "sensor": service.sensors().find(1).name,
    "properties": [each.name for each in service.observed_properties().query().filter("contains(name,'_kal')").list()],
}
sys.stdout.write(json.dumps(found))

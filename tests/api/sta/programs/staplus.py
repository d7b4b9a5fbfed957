"""Read licence and party of a Datastream with Secure Dimensions' STAplus client; print what was found as JSON."""

import json
import sys

import staplus_client as staplus

service = staplus.STAplusService(sys.argv[1])
parties = service.parties().query().list()
licenses = service.licenses().query().list()
found = {
    "parties": [party.display_name for party in parties],
    "licenses": [licence.definition for licence in licenses],
    "datastreams": [
        each.name for each in service.datastreams().query().filter("License/name eq 'CC0-1.0'").top(3).list()
    ],
}
sys.stdout.write(json.dumps(found))

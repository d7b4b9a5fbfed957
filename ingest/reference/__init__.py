"""One file per official reference network, all behind :class:`ingest.reference.network.ReferenceNetwork`."""

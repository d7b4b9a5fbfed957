"""OGC SensorThings API 1.1, to read: a grammar of our own, compiled by storage.sensorthings."""

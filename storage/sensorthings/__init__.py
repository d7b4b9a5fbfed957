"""SensorThings questions as PostgreSQL answers them: a typed tree in, JSON documents out. It knows nothing of HTTP."""

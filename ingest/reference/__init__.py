"""One file per official reference network."""

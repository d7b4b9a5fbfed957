"""One module per resource: parse, one query, a model."""

"""The JSON of /v1: what each answer holds."""

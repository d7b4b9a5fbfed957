"""The catalogue: what there is, by DCAT-AP-NL 3.0, so that a portal of open data harvests it without work."""

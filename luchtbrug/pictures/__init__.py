"""Pictures of how good the values are, as SVG."""

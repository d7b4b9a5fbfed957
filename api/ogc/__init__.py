"""OGC API Features: stations, official stations and areas, for GIS programs, in degrees and in RD."""

"""Outlines of areas from files of others: GeoJSON and GeoPackage, in any reference system, to degrees of WGS 84."""

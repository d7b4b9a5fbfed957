"""Recalculating the past from the published files, by area and month, in one process or on many."""

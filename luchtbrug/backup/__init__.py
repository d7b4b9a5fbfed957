"""Backups of the database: one folder each, with what is needed to be sure that it came back whole."""

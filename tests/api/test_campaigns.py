"""Campaigns over /v1: what is listed, counted, hidden, and how samples come out."""

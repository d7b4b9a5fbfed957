"""The numbers of the advisory locks of the database, one for each thing that is done by one session at a time.

Two things under one number would wait for each other, and might do so in a circle.
"""

MIGRATION = 5_802_117
"""The same in every release, so that two starts do not race."""

AUDIT = 5_802_118
"""Who adds to the audit log, until it commits. It stands in migrations/0014_staff.sql too."""

LAKE = 5_802_119
"""Who writes the nightly files."""

HOURS = 5_802_120
"""Who writes validated hours, until it commits: what is published later has a later time."""

RETENTION = 5_802_121
"""Who deletes what was kept long enough."""

ALERTS = 5_802_122
"""Who decides which alerts begin and end."""

TURN = 5_802_123
"""The first of two keys; the second is the number of whose turn it is."""

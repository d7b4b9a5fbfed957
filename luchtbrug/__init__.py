"""The command: settings, the embedded broker and database, services and jobs that tie the rooms together."""

__version__ = "0.1.0"

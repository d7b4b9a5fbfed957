"""What owners do with their stations: keys, codes, reports, contacts, and the wait for the first message."""

-- A delivery receipt lists what of one station was put aside between two times.
CREATE INDEX quarantine_station ON quarantine (station_id, received_at);

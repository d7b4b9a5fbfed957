-- Where a station stands, at its public position: Location, HistoricalLocation and FeatureOfInterest alike.
SELECT s.station_key AS id, 'LUB_' || replace(s.station_id, '-', '_') AS name,
       'Public position: the exact one displaced once by up to 100 m' AS description,
       'application/geo+json' AS encoding_type, s.longitude, s.latitude, s.created_at AS time
FROM station s

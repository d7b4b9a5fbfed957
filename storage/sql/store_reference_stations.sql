INSERT INTO reference_station (reference_station_id, network, name, latitude, longitude, site_type)
SELECT DISTINCT ON (id) * FROM unnest(%(reference_station_id)s::text[], %(network)s::text[], %(name)s::text[],
    %(latitude)s::float8[], %(longitude)s::float8[], %(site_type)s::text[]) AS w (id, network, name, latitude, longitude, site_type)
ORDER BY id
ON CONFLICT (reference_station_id) DO UPDATE
SET network = excluded.network, name = excluded.name, latitude = excluded.latitude, longitude = excluded.longitude,
    site_type = excluded.site_type

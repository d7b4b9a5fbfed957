WITH given AS (
    SELECT * FROM unnest(%(sample_id)s::text[], %(kind)s::text[], %(place)s::text[], %(begin)s::timestamptz[], %(end)s::timestamptz[],
        %(latitude)s::float8[], %(longitude)s::float8[], %(exact_latitude)s::float8[], %(exact_longitude)s::float8[],
        %(place_is_public)s::bool[], %(reference_station)s::text[], %(reference_value)s::float8[], %(raw)s::float8[],
        %(below_limit)s::bool[])
    AS g (sample_id, kind, place, begin, "end", latitude, longitude, exact_latitude, exact_longitude, place_is_public,
          reference_station, reference_value, raw, below_limit)
), added AS (
    INSERT INTO sample (batch_key, sample_id, kind, place, begin, "end", latitude, longitude, place_is_public, reference_station,
                        reference_value, raw, below_limit)
    SELECT %(batch_key)s, sample_id, kind, place, begin, "end", latitude, longitude, place_is_public, reference_station,
           reference_value, raw, below_limit FROM given
    RETURNING sample_key, sample_id, begin
)
INSERT INTO restricted.sample_position (sample_key, latitude, longitude)
SELECT a.sample_key, g.exact_latitude, g.exact_longitude FROM added a JOIN given g USING (sample_id, begin)
WHERE g.exact_latitude IS NOT NULL

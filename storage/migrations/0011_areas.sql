-- Areas that people count by (municipalities, districts, neighbourhoods) on plain PostgreSQL, without PostGIS: an outline is its
-- rings as polygons, and a point is inside where an odd number of them holds it, so that holes and islands need no column.

CREATE TABLE area (
    area_key   int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    code       text NOT NULL UNIQUE CHECK (code ~ '^[A-Za-z0-9][A-Za-z0-9_.-]{0,39}$'), -- 'GM0402', 'WK040201', 'BU04020103'
    name       text NOT NULL,
    kind       text NOT NULL,             -- 'municipality', 'district', 'neighbourhood', 'area'
    min_lon    double precision NOT NULL, -- the box around the outline [degrees, WGS 84]
    min_lat    double precision NOT NULL,
    max_lon    double precision NOT NULL,
    max_lat    double precision NOT NULL,
    geometry   json NOT NULL,             -- the outline as a GeoJSON MultiPolygon; json, for it is only given out again
    source     text NOT NULL,             -- the file it was read from
    loaded_at  timestamptz NOT NULL
);
CREATE INDEX area_kind ON area (kind, code);

CREATE TABLE area_ring (
    area_key int NOT NULL REFERENCES area ON DELETE CASCADE,
    ring     polygon NOT NULL             -- (longitude, latitude)
);
CREATE INDEX area_ring_area ON area_ring (area_key);
CREATE INDEX area_ring_ring ON area_ring USING gist (ring);

-- Whether a point is inside an area: an odd number of its rings holds it.
CREATE FUNCTION area_holds(wanted int, longitude double precision, latitude double precision) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE AS
    $$ SELECT count(*) % 2 = 1 FROM area_ring WHERE area_key = wanted AND ring @> point(longitude, latitude) $$;

-- A time as OpenAQ writes it: in UTC, and as the clock of a place shows it.
CREATE FUNCTION local_times(moment timestamptz, zone text) RETURNS json LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN moment IS NOT NULL THEN json_build_object(
        'utc', to_char(moment AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
        'local', to_char(moment AT TIME ZONE zone, 'YYYY-MM-DD"T"HH24:MI:SS')
                 || CASE WHEN moment AT TIME ZONE zone < moment AT TIME ZONE 'UTC' THEN '-' ELSE '+' END
                 || to_char(greatest(moment AT TIME ZONE zone - moment AT TIME ZONE 'UTC',
                                     moment AT TIME ZONE 'UTC' - moment AT TIME ZONE zone), 'HH24:MI')) END $$;

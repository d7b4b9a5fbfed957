-- Figures of others about areas, by their code: CBS key figures, joined for a first look beside what was measured.

CREATE TABLE area_figure (
    code      text NOT NULL CHECK (code ~ '^[A-Za-z0-9][A-Za-z0-9_.-]{0,39}$'), -- no reference: outlines may come later
    figure    text NOT NULL,             -- the column's name, as its file has it
    value     double precision NOT NULL CHECK (value > '-Infinity' AND value < 'Infinity'),
    source    text NOT NULL,             -- the file it was read from
    loaded_at timestamptz NOT NULL,
    PRIMARY KEY (figure, code)
);

-- The active stations inside an area, at their public positions.
CREATE FUNCTION stations_of_area(wanted text) RETURNS TABLE (station_key int) LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT s.station_key
    FROM area a JOIN station s ON s.longitude BETWEEN a.min_lon AND a.max_lon AND s.latitude BETWEEN a.min_lat AND a.max_lat
    WHERE a.code = wanted AND s.removed_at IS NULL AND area_holds(a.area_key, s.longitude, s.latitude) $$;

-- How far apart the last readings of each series are: the median over the last 60 of a day, where there are at least 5.
UPDATE series SET usual_interval_s = found.interval_s
FROM (
    SELECT s.series_key, r.interval_s
    FROM series s, LATERAL (
        SELECT round(percentile_cont(0.5) WITHIN GROUP (ORDER BY distance))::real AS interval_s
        FROM (
            SELECT extract(epoch FROM time - lag(time) OVER (ORDER BY time)) AS distance
            FROM (
                SELECT time FROM reading
                WHERE series_key = s.series_key AND time > %(end)s::timestamptz - interval '1 day' AND time <= %(end)s
                ORDER BY time DESC LIMIT 60
            ) latest
        ) spaced
        HAVING count(distance) >= 4
    ) r
    WHERE %(known_too)s OR s.usual_interval_s IS NULL
) found
WHERE series.series_key = found.series_key AND series.usual_interval_s IS DISTINCT FROM found.interval_s

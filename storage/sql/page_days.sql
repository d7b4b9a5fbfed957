-- Days of a time zone, made of the hours with a value. The bounds of a day are the means of its hours' bounds: as if the
-- errors of one day's hours were one and the same, which is the widest that they can be.
SELECT day AS begin, (day AT TIME ZONE %(zone)s + interval '1 day') AT TIME ZONE %(zone)s AS end,
       (CASE WHEN bool_or(turns) THEN mod((atan2d(avg(sind(raw)), avg(cosd(raw))) + 360)::numeric, 360)::float8
        ELSE avg(raw) END)::real AS raw,
       avg(value)::real AS value, avg(lower)::real AS lower, avg(upper)::real AS upper,
       avg(estimate)::real AS estimate, avg(estimate_lower)::real AS estimate_lower, avg(estimate_upper)::real AS estimate_upper,
       min(value) AS minimum, max(value) AS maximum, stddev_samp(value)::real AS sd,
       (percentile_cont(ARRAY[0.05, 0.25, 0.5, 0.75, 0.95]) WITHIN GROUP (ORDER BY value))::real[] AS quantiles,
       count(value)::int AS hours,
       count(value) / (extract(epoch FROM (day AT TIME ZONE %(zone)s + interval '1 day') AT TIME ZONE %(zone)s - day) / 3600)::float8
           AS coverage,
       coalesce(bit_or(flags), 0) AS flags,
       array_remove(array_agg(DISTINCT calibration_id), NULL) AS calibration_ids
FROM (
    SELECT date_trunc('day', h.begin, %(zone)s) AS day, h.raw, h.value, h.lower, h.upper, h.estimate, h.estimate_lower,
           h.estimate_upper, h.flags, c.calibration_id, e.observed_property = 'wind_direction' AS turns
    FROM hour h JOIN series e USING (series_key) LEFT JOIN calibration c USING (calibration_key)
    WHERE h.series_key = %(series_key)s AND h.begin >= %(begin)s AND h.begin < %(end)s
) AS one
WHERE (%(after)s::timestamptz IS NULL OR day > %(after)s)
GROUP BY day
ORDER BY day
LIMIT %(limit)s

-- A reading's time is the END of its interval: that of 13:00:00 belongs to the hour that begins at 12:00 and to its last slot.
-- So hours and slots are (begin, end], written as date_bin with an origin one microsecond late.
-- Data capture: of the times that the series usually sends in an hour (twelve at most, twelve where that is not known yet), the
-- share of 5-minute slots with a reading. A tenth of a time is forgiven, for no clock is exact.
-- Of directions the mean vector is taken: north is not south because it lies between 350° and 10°. They have no sd.
-- A reading with an unusable flag (out of range, a spike) has no place in a mean. Validated columns and flags stay until
-- validation runs again.
INSERT INTO hour (begin, series_key, raw, raw_min, raw_max, raw_sd, observed_count, data_capture, raw_flags, computed_at)
SELECT bucket - interval '1 microsecond', series_key,
       CASE WHEN turns THEN mod((atan2d(avg(sind(raw)), avg(cosd(raw))) + 360)::numeric, 360)::float8 ELSE avg(raw) END,
       min(raw), max(raw), CASE WHEN NOT turns THEN stddev_samp(raw) END, count(*),
       least(1, count(DISTINCT slot) / greatest(1, floor(3600 / greatest(300, coalesce(usual_interval_s, 300)) + 0.1))),
       bit_or(flags), %(now)s
FROM (
    SELECT series_key, raw, flags,
           date_bin('1 hour', time, '2000-01-01 00:00:00.000001+00') AS bucket,
           date_bin('5 minutes', time, '2000-01-01 00:00:00.000001+00') AS slot
    FROM reading
    WHERE time > %(begin)s AND time <= %(end)s AND flags & %(unusable)s = 0
) r LEFT JOIN (
    SELECT series_key, usual_interval_s, observed_property = 'wind_direction' AS turns FROM series
) s USING (series_key)
GROUP BY series_key, bucket, usual_interval_s, turns
ORDER BY series_key, bucket
ON CONFLICT (series_key, begin) DO UPDATE
SET raw = excluded.raw, raw_min = excluded.raw_min, raw_max = excluded.raw_max, raw_sd = excluded.raw_sd,
    observed_count = excluded.observed_count, data_capture = excluded.data_capture, raw_flags = excluded.raw_flags,
    computed_at = excluded.computed_at
WHERE (hour.raw, hour.raw_min, hour.raw_max, hour.raw_sd, hour.observed_count, hour.data_capture, hour.raw_flags)
      IS DISTINCT FROM (excluded.raw, excluded.raw_min, excluded.raw_max, excluded.raw_sd, excluded.observed_count,
                        excluded.data_capture, excluded.raw_flags)

SELECT day, version, observed_property, sensor_model, band_begin_km, band_end_km, product, scored_begin, scored_end,
       reference_count, station_count, hours, rmse, bias, slope, coverage, half_width, validated_share, computed_at
FROM score
WHERE day = coalesce(%(day)s::date, (
          SELECT max(day) FROM score WHERE %(observed_property)s::text IS NULL OR observed_property = %(observed_property)s))
  AND (%(observed_property)s::text IS NULL OR observed_property = %(observed_property)s)
ORDER BY observed_property, sensor_model, band_begin_km, product, version

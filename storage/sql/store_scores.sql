-- A day is scored once by each version: a second run of the same day leaves what is there.
INSERT INTO score (day, version, observed_property, sensor_model, band_begin_km, band_end_km, product, scored_begin, scored_end,
                   reference_count, station_count, hours, rmse, bias, slope, coverage, half_width, validated_share, computed_at)
SELECT day, version, observed_property, sensor_model, band_begin_km, band_end_km, product, scored_begin, scored_end,
       reference_count, station_count, hours, rmse, bias, slope, coverage, half_width, validated_share, computed_at
FROM json_populate_recordset(NULL::score, %(records)s::json)
ON CONFLICT DO NOTHING

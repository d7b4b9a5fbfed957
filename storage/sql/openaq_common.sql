-- What every statement in the shape of OpenAQ begins with: its parameters (ids and units as OpenAQ has them; what it has not is
-- numbered from 10001), and the one owner, provider and country that all stations have. What calibration is made for is given out
-- calibrated, everything else as it was sent. Numbers are ids that clients keep: only append.
WITH parameter (id, observed_property, name, units, display_name, kind, factor, calibrated) AS NOT MATERIALIZED (VALUES
    (1, 'pm10', 'pm10', 'µg/m³', 'PM10', 'pollutant', 1.0, true),
    (2, 'pm2_5', 'pm25', 'µg/m³', 'PM2.5', 'pollutant', 1.0, true),
    (19, 'pm1', 'pm1', 'µg/m³', 'PM1', 'pollutant', 1.0, true),
    (10001, 'pm4', 'pm4', 'µg/m³', 'PM4', 'pollutant', 1.0, true),
    (7, 'no2', 'no2', 'ppm', 'NO₂', 'pollutant', 0.001, true),
    (10, 'o3', 'o3', 'ppm', 'O₃', 'pollutant', 0.001, true),
    (8, 'co', 'co', 'ppm', 'CO', 'pollutant', 1.0, false),
    (21, 'co2', 'co2', 'ppm', 'CO₂', 'pollutant', 1.0, false),
    (98, 'relative_humidity', 'relativehumidity', '%%', 'RH', 'meteorological', 1.0, false),
    (100, 'temperature', 'temperature', 'c', 'Temperature (C)', 'meteorological', 1.0, false),
    (10002, 'air_pressure', 'pressure', 'hpa', 'Pressure', 'meteorological', 1.0, false),
    (10003, 'wind_speed', 'wind_speed', 'm/s', 'Wind speed', 'meteorological', 1.0, false),
    (10004, 'wind_direction', 'wind_direction', 'deg', 'Wind direction', 'meteorological', 1.0, false)
), described AS NOT MATERIALIZED (
    SELECT id, observed_property, factor, calibrated, kind, json_build_object(
        'id', id, 'name', name, 'units', units, 'displayName', display_name) AS document
    FROM parameter
), placed AS NOT MATERIALIZED (
    SELECT station_key, json_build_object('latitude', latitude, 'longitude', longitude) AS coordinates FROM station
)

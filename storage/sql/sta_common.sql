-- What every SensorThings statement begins with: the observed properties in the words of RIVM's Samen Meten, and the
-- official stations with what they measure, found once a statement, and KNMI's weather stations (positions as in the header of
-- its daily files; those that measure wind only are left out). Numbers are ids that clients keep: only append.
WITH sta_property (number, observed_property, name, title, definition, unit_name, unit_symbol, unit_definition, calibrated)
AS NOT MATERIALIZED (VALUES
    (1, 'pm2_5', 'pm25', 'PM2.5 mass concentration', 'mass_concentration_of_pm2p5_ambient_aerosol_particles_in_air', 'microgram per cubic metre', 'ug/m3', 'MicroGM-PER-M3', true),
    (2, 'pm10', 'pm10', 'PM10 mass concentration', 'mass_concentration_of_pm10_ambient_aerosol_particles_in_air', 'microgram per cubic metre', 'ug/m3', 'MicroGM-PER-M3', true),
    (3, 'pm1', 'pm1', 'PM1 mass concentration', 'mass_concentration_of_pm1_ambient_aerosol_particles_in_air', 'microgram per cubic metre', 'ug/m3', 'MicroGM-PER-M3', true),
    (4, 'pm4', 'pm4', 'PM4 mass concentration', 'mass_concentration_of_pm4_ambient_aerosol_particles_in_air', 'microgram per cubic metre', 'ug/m3', 'MicroGM-PER-M3', true),
    (5, 'no2', 'no2', 'Nitrogen dioxide', 'mole_fraction_of_nitrogen_dioxide_in_air', 'parts per billion', 'ppb', 'PPB', true),
    (6, 'o3', 'o3', 'Ozone', 'mole_fraction_of_ozone_in_air', 'parts per billion', 'ppb', 'PPB', true),
    (7, 'co2', 'co2', 'Carbon dioxide', 'mole_fraction_of_carbon_dioxide_in_air', 'parts per million', 'ppm', 'PPM', false),
    (8, 'co', 'co', 'Carbon monoxide', 'mole_fraction_of_carbon_monoxide_in_air', 'parts per million', 'ppm', 'PPM', false),
    (9, 'formaldehyde', 'formaldehyde', 'Formaldehyde', 'mass_concentration_of_formaldehyde_in_air', 'microgram per cubic metre', 'ug/m3', 'MicroGM-PER-M3', false),
    (10, 'voc', 'voc', 'Volatile organic compounds', NULL, 'parts per billion', 'ppb', 'PPB', false),
    (11, 'voc_index', 'voc_index', 'Index of volatile organic compounds', NULL, 'unitless', '1', 'UNITLESS', false),
    (12, 'nox_index', 'nox_index', 'Index of nitrogen oxides', NULL, 'unitless', '1', 'UNITLESS', false),
    (13, 'noise', 'noise', 'Sound level, A-weighted', 'sound_pressure_level_in_air', 'decibel', 'dB(A)', 'DeciB_A', false),
    (14, 'temperature', 'temp', 'Air temperature', 'air_temperature', 'degree Celsius', 'C', 'DEG_C', false),
    (15, 'relative_humidity', 'rh', 'Relative humidity', 'relative_humidity', 'percent', '%%', 'PERCENT', false),
    (16, 'air_pressure', 'pres', 'Air pressure at the station', 'air_pressure', 'hectopascal', 'hPa', 'HectoPA', false),
    (17, 'air_pressure_sea_level', 'pres_sea', 'Air pressure at sea level', 'air_pressure_at_mean_sea_level', 'hectopascal', 'hPa', 'HectoPA', false),
    (18, 'wind_speed', 'wind_speed', 'Wind speed', 'wind_speed', 'metre per second', 'm/s', 'M-PER-SEC', false),
    (19, 'wind_gust', 'wind_gust', 'Wind gust', 'wind_speed_of_gust', 'metre per second', 'm/s', 'M-PER-SEC', false),
    (20, 'wind_direction', 'wind_direction', 'Direction the wind comes from', 'wind_from_direction', 'degree', 'deg', 'DEG', false),
    (21, 'rain_rate', 'rain_rate', 'Rain rate', 'rainfall_rate', 'millimetre per hour', 'mm/h', 'MilliM-PER-HR', false),
    (22, 'rain_day', 'rain_day', 'Rain since midnight', 'thickness_of_rainfall_amount', 'millimetre', 'mm', 'MilliM', false),
    (23, 'rain', 'rain', 'Rain', 'thickness_of_rainfall_amount', 'millimetre', 'mm', 'MilliM', false)
), sta_reference AS MATERIALIZED (
    SELECT r.reference_station_id, r.latitude, r.longitude, r.site_type,
           ARRAY(SELECT p FROM unnest(ARRAY['pm10', 'pm2_5', 'no2', 'nh3']) AS p
                 WHERE EXISTS (SELECT FROM reference_hour h
                               WHERE h.reference_station_key = r.reference_station_key AND h.observed_property = p)) AS properties
    FROM reference_station r
), sta_weather_station (number, longitude, latitude) AS MATERIALIZED (VALUES
    (215, 4.437, 52.141), (225, 4.555, 52.463), (235, 4.781, 52.928), (240, 4.790, 52.318), (242, 4.921, 53.241), (249, 4.979, 52.644),
    (251, 5.346, 53.392), (257, 4.603, 52.506), (260, 5.180, 52.100), (267, 5.384, 52.898), (269, 5.520, 52.458), (270, 5.752, 53.224),
    (273, 5.888, 52.703), (275, 5.873, 52.056), (277, 6.200, 53.413), (278, 6.259, 52.435), (279, 6.574, 52.750), (280, 6.585, 53.125),
    (283, 6.657, 52.069), (286, 7.150, 53.196), (290, 6.891, 52.274), (310, 3.596, 51.442), (319, 3.861, 51.226), (323, 3.884, 51.527),
    (330, 4.122, 51.992), (344, 4.447, 51.962), (348, 4.926, 51.970), (350, 4.936, 51.566), (356, 5.146, 51.859), (370, 5.377, 51.451),
    (375, 5.707, 51.659), (377, 5.763, 51.198), (380, 5.762, 50.906), (391, 6.197, 51.498)
)

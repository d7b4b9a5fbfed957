-- With what was before: the station as which this kit was lent last, and the kit that this station was last.
WITH kit AS (
    SELECT kit_key FROM loan_kit WHERE campaign_key = %(campaign_key)s AND number = %(number)s
), place AS (
    SELECT station_key FROM station WHERE station_id = %(station_id)s AND removed_at IS NULL
), lent AS (
    INSERT INTO restricted.loan (kit_key, station_key, participant, begin, due)
    SELECT kit_key, (SELECT station_key FROM place), %(participant)s, %(begin)s, %(due)s FROM kit
    WHERE %(station_id)s::text IS NULL OR EXISTS (SELECT FROM place)
    ON CONFLICT (kit_key) WHERE returned_at IS NULL DO NOTHING
    RETURNING loan_key
)
SELECT lent.loan_key,
       (SELECT station_key FROM restricted.loan l JOIN kit USING (kit_key) ORDER BY l.loan_key DESC LIMIT 1)
           = (SELECT station_key FROM place) AS same_station,
       (SELECT l.kit_key FROM restricted.loan l JOIN place USING (station_key) ORDER BY l.loan_key DESC LIMIT 1)
           <> (SELECT kit_key FROM kit) AS other_kit
FROM lent

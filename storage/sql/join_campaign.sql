INSERT INTO campaign_member (campaign_key, station_key, joined_at)
SELECT %(campaign_key)s, station_key, %(at)s FROM station WHERE station_id = %(station_id)s AND removed_at IS NULL
ON CONFLICT (campaign_key, station_key) WHERE left_at IS NULL DO NOTHING
RETURNING member_key

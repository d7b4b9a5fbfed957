-- Wholly out means that what an earlier membership left behind goes too.
WITH open AS (
    UPDATE campaign_member m SET left_at = %(at)s, keeps_past = %(keep_past)s
    FROM station s
    WHERE s.station_id = %(station_id)s AND m.station_key = s.station_key AND m.campaign_key = %(campaign_key)s AND m.left_at IS NULL
    RETURNING m.member_key
), former AS (
    UPDATE campaign_member m SET keeps_past = false
    FROM station s
    WHERE s.station_id = %(station_id)s AND m.station_key = s.station_key AND m.campaign_key = %(campaign_key)s
      AND m.left_at IS NOT NULL AND m.keeps_past AND NOT %(keep_past)s
    RETURNING m.member_key
)
SELECT member_key FROM open UNION ALL SELECT member_key FROM former

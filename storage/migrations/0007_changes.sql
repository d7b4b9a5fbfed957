-- Every refresh of ingest asks for the newest of these few events, every fit for the changes of its stations.
CREATE INDEX event_pause ON event (event_key) WHERE kind IN ('paused', 'resumed');
CREATE INDEX event_kind ON event (kind, time);

-- With autosummarize each filled range of blocks asks a queue of 256 places to be summarised; a backfill fills it at once, and
-- the server's log with "request for BRIN range summarization … was not recorded". The calibrate job asks for the summary
-- instead, once an hour (summarize_ranges.sql); until then new ranges are searched whole, which is slower and not wrong.
ALTER INDEX reference_hour_received SET (autosummarize = off);
DO $$
BEGIN
    ALTER INDEX reading_time SET (autosummarize = off);
EXCEPTION
    WHEN feature_not_supported THEN
        RAISE NOTICE 'index reading_time stays as it is (%)', SQLERRM; -- of a hypertable: its chunks are summarised one by one
END $$;

-- An hour is complete when its series sent as often as it usually does: twelve times for most, four times over LoRa.
ALTER TABLE series ADD COLUMN usual_interval_s real; -- median distance of its last readings [s]; NULL: not known yet

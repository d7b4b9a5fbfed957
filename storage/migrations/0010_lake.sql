-- The nightly files are written anew for the months in which something changed. Hours are computed and published roughly in
-- the order in which they lie on the disk, also the few of an old month that are written again: a summary of blocks finds them.
CREATE INDEX hour_computed ON hour USING brin (computed_at) WITH (autosummarize = on);
CREATE INDEX hour_published ON hour USING brin (published_at) WITH (autosummarize = on);

-- Hours are made of the readings of all series between two times, which the key (series, time) cannot find. Readings come
-- roughly in the order of time, so a summary of each block is enough: some kilobytes instead of an index of every row.
CREATE INDEX reading_time ON reading USING brin (time) WITH (pages_per_range = 32, autosummarize = on);

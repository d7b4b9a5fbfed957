-- A job that had ended begins again.
INSERT INTO job (job_id, begun_at, reached, ended_at)
VALUES (%(job_id)s, %(now)s, %(reached)s, CASE WHEN %(ended)s THEN %(now)s::timestamptz END)
ON CONFLICT (job_id) DO UPDATE
SET reached = excluded.reached, ended_at = excluded.ended_at,
    begun_at = CASE WHEN job.ended_at IS NULL THEN job.begun_at ELSE excluded.begun_at END

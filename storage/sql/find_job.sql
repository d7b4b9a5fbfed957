SELECT job_id, begun_at, reached, ended_at FROM job WHERE job_id = %(job_id)s

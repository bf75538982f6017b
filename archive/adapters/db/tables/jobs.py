"""Work as rows, and the workers' signs of life."""

from sqlalchemy import Index, text

from archive.adapters.db.codec import derive
from archive.domain.jobs import Job, WorkerBeat

JOBS = derive("jobs", Job, indexes=[("state", "run_after"), ("kind", "state")])
Index(
    "uq_jobs_unfinished",
    JOBS.table.c.kind,
    JOBS.table.c.key,
    unique=True,
    sqlite_where=text("state IN ('waiting', 'running') AND \"key\" <> ''"),
    postgresql_where=text("state IN ('waiting', 'running') AND \"key\" <> ''"),
)
BEATS = derive("worker_beats", WorkerBeat, removable=True)

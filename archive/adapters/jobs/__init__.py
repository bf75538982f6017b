"""Waking workers through Celery, over a folder, Redis or RabbitMQ."""

from archive.adapters.jobs.celery_jobs import CeleryJobs, make_celery

__all__ = ["CeleryJobs", "make_celery"]

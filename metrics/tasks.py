"""Shells around the verbs, rung by the clock."""

from celery import shared_task

from metrics.services import folding


@shared_task
def sweep() -> None:
    """Every few seconds: tickets that nobody measured yet, and clocks that ran out."""
    folding.sweep()

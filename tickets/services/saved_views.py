"""The order of saved views."""

from django.db import transaction

from tickets.models import SavedView


def move(view: SavedView, step: int) -> None:
    """One place up (-1) or down (1) among the views of its owner, or among the shared ones."""
    with transaction.atomic():
        # Locked in one order, so that two who sort at once wait for each other.
        list(SavedView.objects.select_for_update().filter(owner=view.owner_id).order_by("pk"))
        beside = list(SavedView.objects.filter(owner=view.owner_id))
        at = beside.index(view)
        beside.insert(max(0, at + step), beside.pop(at))
        for position, one in enumerate(beside):
            one.position = position
        SavedView.objects.bulk_update(beside, ["position"])

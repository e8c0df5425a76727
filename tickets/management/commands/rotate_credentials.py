"""Encrypt every channel's credentials anew with the first of `CREDENTIALS_KEYS` (docs/backup.md)."""

from typing import Any

from django.db import transaction

from tickets.management.base import JsonCommand
from tickets.models import Channel


class Command(JsonCommand):
    help = __doc__

    def act(self, **options: Any) -> dict[str, Any]:
        with transaction.atomic():
            channels = list(Channel.objects.select_for_update())
            for channel in channels:
                channel.save(update_fields=["credentials"])
        return {"rotated": len(channels)}

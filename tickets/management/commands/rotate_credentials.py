"""Encrypt everything secret anew with the first of `CREDENTIALS_KEYS` (docs/backup.md)."""

from typing import Any

from django.core.management.base import CommandError
from django.db import transaction

from tickets.management.base import JsonCommand
from tickets.models import Channel, GivenAnswer, Webhook
from tickets.models.fields import LockedSecrets
from tickets.services.channels import LOCKED

SECRETS = ((Channel, "credentials"), (Webhook, "secrets"), (GivenAnswer, "answer"))


class Command(JsonCommand):
    help = __doc__

    @transaction.atomic
    def act(self, **options: Any) -> dict[str, Any]:
        rotated = 0
        for model, field in SECRETS:
            for row in model.objects.select_for_update():
                if isinstance(getattr(row, field), LockedSecrets):
                    raise CommandError(f"{row}: {LOCKED}")
                row.save(update_fields=[field])
                rotated += 1
        return {"rotated": rotated}

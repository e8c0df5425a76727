"""Credentials encrypted at rest with the newest of `CREDENTIALS_KEYS`; older keys still decrypt."""

import json
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import models


def _cipher() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.CREDENTIALS_KEYS])


class Secrets(dict[str, str]):
    """Credentials in memory: they do not show themselves in logs, tracebacks or templates."""

    def __repr__(self) -> str:
        return f"<Secrets {', '.join(sorted(self))}>"

    __str__ = __repr__


class LockedSecrets(Secrets):
    """Credentials that no key of the settings opens: they look empty, and are stored again as they are."""

    def __init__(self, stored: bytes) -> None:
        super().__init__()
        self.stored = stored


class EncryptedDictField(models.BinaryField):
    """A dictionary of strings, encrypted. `LockedSecrets` where no key of the settings opens it."""

    # What django-stubs reads: the value in memory is not that of the column.
    _pyi_private_get_type: Secrets  # type: ignore[assignment]
    _pyi_private_set_type: Secrets

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Secrets:
        if not value:
            return Secrets()
        try:
            return Secrets(json.loads(_cipher().decrypt(bytes(value))))
        except InvalidToken:
            return LockedSecrets(bytes(value))

    def get_prep_value(self, value: Any) -> Any:
        if value is None:
            return None
        if isinstance(value, LockedSecrets):
            return value.stored
        return _cipher().encrypt(json.dumps(dict(value)).encode())

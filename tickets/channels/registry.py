"""Finds the adapters that settings name. Nothing registers itself by being imported."""

from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string

from tickets.channels.contract import Adapter, ChannelKind
from tickets.channels.missing import missing


@cache
def adapters() -> dict[str, type[Adapter]]:
    """Kind name -> adapter class, in the order of `CHANNEL_ADAPTERS`."""
    classes = [import_string(path) for path in settings.CHANNEL_ADAPTERS]
    return {cls.kind.kind: cls for cls in classes}


def adapter_class(kind: str) -> type[Adapter]:
    """The adapter of a kind; a stand-in for one that settings do not name (any more)."""
    return adapters().get(kind) or missing(kind)


def kind_of(kind: str) -> ChannelKind:
    return adapter_class(kind).kind


def kinds() -> list[ChannelKind]:
    return [cls.kind for cls in adapters().values()]

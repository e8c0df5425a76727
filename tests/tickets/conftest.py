import pytest

from tests import loopback
from tickets.channels import registry
from tickets.models import Channel
from tickets.services import channels


@pytest.fixture
def network(settings):
    """A fresh in-process network, and the only kind of channel that the product then knows."""
    settings.CHANNEL_ADAPTERS = ["tests.loopback.LoopbackAdapter"]
    settings.UNDO_SECONDS = 0
    registry.adapters.cache_clear()
    loopback.network.__init__()
    yield loopback.network
    registry.adapters.cache_clear()


@pytest.fixture
def channel(network, db) -> Channel:
    return channels.add("loopback", "@brand", "The brand", {}, {})

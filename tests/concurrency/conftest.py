from tests.tickets.conftest import channel, network

__all__ = ["channel", "network"]

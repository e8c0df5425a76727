"""What journeys share."""

import pytest


@pytest.fixture
def network(product):
    """The network on a good day; what a test ordered and nobody met is gone afterwards."""
    yield product.network
    product.network.clear_faults()

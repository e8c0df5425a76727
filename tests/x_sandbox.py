"""The simulated X as a fixture. Enable it with `pytest_plugins = ["tests.x_sandbox"]` in the top conftest."""

from collections.abc import Iterator

import pytest

from sandbox.server import Server
from sandbox.x.world import World

BRAND = "northwindair"


@pytest.fixture
def x_world() -> Iterator[World]:
    """An empty network with one account, @northwindair, served at `x_world.base_url` (its page at `/`).

    Fill it with `x_world.account`, `.post`, `.dm`, …; get credentials with `x_world.connect("northwindair", "oauth1")`
    or `"oauth2"`; order bad days with `x_world.faults.add(name, route)`; read what was asked in `x_world.seen(route)`.
    """
    world = World()
    world.account(BRAND, "Northwind Air", followers=48_200, verified=True)
    with Server(world, brand=BRAND):
        yield world
    world.close()

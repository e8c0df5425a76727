"""An X account as the core hands it to the adapter, on the sandbox or on a server that replays."""

from collections.abc import Callable, Iterator

import pytest

from channels_social.x.adapter import XAdapter
from sandbox.x.world import World
from tests.replay import Replay
from tests.x_sandbox import BRAND
from tickets.channels.contract import Account

OAUTH1 = {"consumer_key": "ck", "consumer_secret": "cs", "access_token": "1-at", "access_token_secret": "ats"}
OAUTH2 = {"client_id": "ci", "client_secret": "cx", "access_token": "old", "refresh_token": "once"}


class Kept:
    """What the core keeps for a channel: credentials and state, as `renew` and `remember` leave them."""

    def __init__(self, address: str, credentials: dict[str, str], base_url: str, **state: str) -> None:
        self.address, self.credentials, self.base_url = address, credentials, base_url
        self.state: dict[str, object] = dict(state)

    def account(self) -> Account:
        return Account(
            channel_id=1,
            kind="x",
            address=self.address,
            credentials=dict(self.credentials),
            options={"api_base_url": self.base_url},
            state=dict(self.state),
            renew=self._renew,
            remember=self.state.update,
        )

    def _renew(self, exchange: Callable[[dict[str, str]], dict[str, str]]) -> dict[str, str]:
        self.credentials = exchange(dict(self.credentials))
        return self.credentials


@pytest.fixture
def replay() -> Iterator[Replay]:
    with Replay() as server:
        yield server


@pytest.fixture
def kept(x_world: World) -> Kept:
    """The brand's account on the sandbox, connected by OAuth 1.0a."""
    return Kept("@" + BRAND, x_world.connect(BRAND), x_world.base_url, user_id=str(x_world.find(BRAND).id))


@pytest.fixture
def adapter(kept: Kept) -> XAdapter:
    return XAdapter(kept.account())

"""X keeps what every adapter promises."""

import json
from pathlib import Path

import pytest

from channels_social.x.adapter import XAdapter
from sandbox.x.world import World
from tests.channels.conformance import PollingConformance
from tests.channels_social.x.conftest import OAUTH1, Kept
from tests.x_sandbox import BRAND

CASES = json.loads((Path(__file__).parents[2] / "data/x/normalise.json").read_text("utf-8"))


class TestX(PollingConformance):
    adapter_class = XAdapter

    @pytest.fixture
    def account(self, kept):
        return kept.account()

    @pytest.fixture
    def payloads(self, account):
        account.state["user_id"] = "1111111111111111111"
        account.address = "@ExampleUser"
        return [case["payload"] for case in CASES if "bad" not in case["expected"]]

    @pytest.fixture
    def unreachable(self):
        return Kept("@ExampleUser", OAUTH1, "http://127.0.0.1:1", user_id="1111111111111111111").account()

    @pytest.fixture
    def network(self, x_world):
        return x_world

    def fill(self, network: World) -> None:
        network.account("jo")
        for n in range(3):
            said = network.post("jo", f"@{BRAND} hello {n}")
            network.post(BRAND, f"sorry {n}", reply_to=said)
            network.dm("jo", BRAND, f"hello {n}")

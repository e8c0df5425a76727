"""The telephone keeps what every adapter promises, as far as it has to promise it: it understands events of calls."""

import pytest

from channels_phone.adapter import PhoneAdapter
from tests.channels.conformance import NONSENSE, AdapterConformance
from tickets.channels.contract import Account, ReplyContext
from tickets.channels.errors import BadPayload, Unsupported


class TestPhone(AdapterConformance):
    adapter_class = PhoneAdapter
    # Nothing is fetched and nothing sent: what these ask about does not exist.
    test_normalise_is_pure = None
    test_messages_are_complete = None
    test_every_way_to_answer_is_allowed_or_explained = None
    test_impossible_messages_are_refused_before_anything_is_sent = None
    test_a_network_that_does_not_answer = None

    @pytest.fixture
    def account(self):
        return Account(1, "phone", "+442079460000", {}, {}, {})

    @pytest.fixture
    def payloads(self):
        return []

    def test_there_is_nothing_to_answer_by(self, adapter):
        assert adapter.reply_options(ReplyContext("private", {}, None, None)) == ()
        with pytest.raises(Unsupported):
            adapter.fetch("calls", {})
        for payload in NONSENSE:
            with pytest.raises(BadPayload):
                adapter.normalise(payload)

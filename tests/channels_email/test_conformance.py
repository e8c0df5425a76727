"""Email keeps what every adapter promises."""

import hashlib

import pytest

from channels_email.adapter import EmailAdapter
from tests import mail_corpora
from tests.channels.conformance import AdapterConformance
from tests.channels_email.conftest import account_at
from tickets.channels.errors import BadPayload


class TestEmail(AdapterConformance):
    adapter_class = EmailAdapter

    @pytest.fixture
    def account(self):
        return account_at(1, imap_host="127.0.0.1", imap_port="1", imap_security="none")

    @pytest.fixture
    def unreachable(self, account):
        return account

    @pytest.fixture
    def payloads(self, account):
        found = []
        for name in ("mime", "bounces"):
            for case, raw in mail_corpora.cases(mail_corpora.OWN, name):
                payload = {
                    "raw": raw,
                    "id": f"<{case['id']}@corpus>",
                    "digest": hashlib.sha256(raw).hexdigest()[:32],
                    "received_at": "2026-11-23T09:00:00+00:00",
                    "folder": "",
                }
                try:
                    EmailAdapter(account).normalise(payload)
                except BadPayload:
                    continue
                found.append(payload)
        return found

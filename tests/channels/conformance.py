"""What every adapter promises the core. Subclass `AdapterConformance` (and `PollingConformance` where the channel is
polled) in the tests of an adapter, name the class and give the fixtures:

account        an Account with complete credentials
payloads       stored payloads (`RawItem.payload`) that become messages or are ignored
unreachable    an Account whose network does not answer, or None
network        PollingConformance: what `account` points at; `fill(network)` makes every feed hold something
"""

import copy
import json
import re
import socket
from dataclasses import is_dataclass, replace
from decimal import Decimal
from typing import Any, ClassVar

import pytest

from tickets.channels.contract import (
    INBOUND,
    OUTBOUND,
    PRIVATE,
    PUBLIC,
    Account,
    Adapter,
    ChannelKind,
    Ignored,
    Inbound,
    Outbound,
    OutboundFile,
    Page,
    ReplyContext,
)
from tickets.channels.errors import BadPayload, ChannelError, Rejected, Unavailable, Unsupported

LOOKS_SECRET = re.compile(r"secret|token|password|_key$")
MOST_PAGES = 50
NONSENSE: tuple[Any, ...] = (
    {},
    {"item": None},
    {"item": []},
    {"item": {"id": 5}},
    {"raw": None},
    {"feed": 7, "id": ""},
)


class AdapterConformance:
    adapter_class: ClassVar[type[Adapter]]

    @pytest.fixture
    def unreachable(self) -> Account | None:
        return None

    @pytest.fixture
    def adapter(self, account: Account) -> Adapter:
        return self.adapter_class(account)

    @pytest.fixture
    def messages(self, adapter: Adapter, payloads: list[dict[str, Any]]) -> list[Inbound]:
        results = [adapter.normalise(payload) for payload in payloads]
        return [result for result in results if isinstance(result, Inbound)]

    # Declared as data

    def test_the_kind_is_declared(self) -> None:
        kind = self.adapter_class.kind
        assert isinstance(kind, ChannelKind)
        assert re.fullmatch(r"[a-z][a-z_]{0,31}", kind.kind)
        assert kind.label and kind.icon and kind.address_label
        re.compile(kind.address_pattern)
        assert kind.poll_seconds > 0
        for visibility, able in ((PUBLIC, "can_reply_publicly"), (PRIVATE, "can_reply_privately")):
            if getattr(kind.capabilities, able):
                assert {visibility, f"{visibility}_reply"} <= set(kind.message_names)

    def test_fields_are_named_once_and_secrets_are_marked(self) -> None:
        kind = self.adapter_class.kind
        for fields in (kind.credential_fields, kind.option_fields):
            assert len({field.name for field in fields}) == len(fields)
            assert all(field.label for field in fields)
        assert not any(field.secret for field in kind.option_fields)
        assert all(field.secret for field in kind.credential_fields if LOOKS_SECRET.search(field.name))

    def test_prices_are_amounts(self) -> None:
        kind = self.adapter_class.kind
        assert bool(kind.prices) == kind.capabilities.is_metered
        assert all(len(name) <= 32 and Decimal(usd) >= 0 for name, usd in kind.prices.items())

    def test_capabilities_do_not_contradict_each_other(self, adapter: Adapter) -> None:
        able = self.adapter_class.kind.capabilities
        names = [feed.name for feed in adapter.feeds()]
        assert able.polls == bool(names)
        assert len(set(names)) == len(names)
        assert able.can_reply_privately or not able.can_start_private
        for limits in (able.public_files, able.private_files):
            assert (limits.count > 0) == (limits.bytes > 0)

    # normalise

    def test_normalise_is_pure(self, adapter: Adapter, payloads: list[dict[str, Any]], monkeypatch) -> None:
        def refuse(*_: object) -> None:
            raise AssertionError("normalise must not use the network")

        monkeypatch.setattr(socket.socket, "connect", refuse)
        assert payloads
        for payload in payloads:
            before = copy.deepcopy(payload)
            first = adapter.normalise(payload)
            assert payload == before
            assert isinstance(first, Inbound | Ignored)
            assert adapter.normalise(copy.deepcopy(payload)) == first

    def test_messages_are_complete(self, messages: list[Inbound]) -> None:
        assert {message.direction for message in messages} <= {INBOUND, OUTBOUND}
        for message in messages:
            assert message.external_ids
            assert len(set(message.external_ids)) == len(message.external_ids)
            assert all(0 < len(one) <= 255 for one in message.external_ids)
            assert message.visibility in (PUBLIC, PRIVATE)
            assert message.occurred_at.utcoffset() is not None
            assert 0 < len(message.thread_key) <= 255
            assert not set(message.replies_to) & set(message.external_ids)
            assert message.author.external_id
            assert message.direction == INBOUND or not message.asks_for_answer
            assert all(media.url or media.content is not None for media in message.media)
            json.dumps(dict(message.reply_data))
            assert all(isinstance(number, int) for number in message.reach.values())

    @pytest.mark.parametrize("payload", NONSENSE, ids=str)
    def test_nonsense_is_bad_payload(self, adapter: Adapter, payload: Any) -> None:
        with pytest.raises(BadPayload) as raised:
            adapter.normalise(payload)
        assert raised.value.text

    # Answering

    def test_every_way_to_answer_is_allowed_or_explained(self, adapter: Adapter, messages: list[Inbound]) -> None:
        able = self.adapter_class.kind.capabilities
        can = {PUBLIC: able.can_reply_publicly, PRIVATE: able.can_reply_privately}
        longest = {PUBLIC: able.max_public_length, PRIVATE: able.max_private_length}
        for message in messages:
            for known in (None, True, False):
                options = adapter.reply_options(_context(message, known))
                assert len({option.visibility for option in options}) == len(options)
                for option in options:
                    assert can[option.visibility]
                    assert option.allowed != bool(option.reason)
                    assert option.max_length == longest[option.visibility]
                    assert not option.private_link or option.visibility == PUBLIC

    def test_counting(self, adapter: Adapter) -> None:
        for visibility in (PUBLIC, PRIVATE):
            assert adapter.count("", visibility) == 0
            assert adapter.count("hello", visibility) == 5
            assert adapter.count("a 👋 b", visibility) >= 5

    def test_impossible_messages_are_refused_before_anything_is_sent(
        self, unreachable: Account | None, messages: list[Inbound]
    ) -> None:
        """On a network that does not answer, anything sent would be Unavailable."""
        if unreachable is None:
            pytest.skip("nothing is sent on this channel")
        adapter = self.adapter_class(unreachable)
        able = self.adapter_class.kind.capabilities
        for outbound, longest in self._answers(adapter, messages):
            with pytest.raises(Rejected):
                adapter.send(replace(outbound, text="  "))
            limits = able.files(outbound.visibility)
            file = OutboundFile("a.bin", next(iter(limits.types), "text/plain"), b"x")
            with pytest.raises(Unsupported):
                adapter.send(replace(outbound, files=(file,) * (limits.count + 1)))
            if limits.types:
                with pytest.raises(Unsupported):
                    adapter.send(replace(outbound, files=(replace(file, content_type="text/plain"),)))
            if limits.count:
                with pytest.raises(Unsupported):
                    adapter.send(replace(outbound, files=(replace(file, content=b"x" * (limits.bytes + 1)),)))
            if longest:
                with pytest.raises(Rejected, match=str(longest)):
                    adapter.send(replace(outbound, text="a" * (longest + 1)))

    # Bad days

    def test_a_network_that_does_not_answer(self, unreachable: Account | None, messages: list[Inbound]) -> None:
        if unreachable is None:
            pytest.skip("no network behind this channel")
        adapter = self.adapter_class(unreachable)
        for feed in adapter.feeds():
            with pytest.raises(Unavailable):
                adapter.fetch(feed.name, {})
        with pytest.raises(ChannelError):
            adapter.check()
        for outbound, _longest in self._answers(adapter, messages):
            with pytest.raises(Unavailable):
                adapter.send(outbound)

    def _answers(self, adapter: Adapter, messages: list[Inbound]) -> list[tuple[Outbound, int | None]]:
        """An answer to each message in each way that is open, and how long it may be."""
        found = []
        for message in messages:
            if message.direction != INBOUND:
                continue
            for option in adapter.reply_options(_context(message, None)):
                if option.allowed:
                    found.append((_answer(message, option.visibility), option.max_length))
        assert found
        return found


class PollingConformance(AdapterConformance):
    def fill(self, network: Any) -> None:
        raise NotImplementedError

    @pytest.fixture
    def filled(self, network: Any) -> None:
        self.fill(network)

    def test_a_page_is_the_same_from_the_same_cursor(self, adapter: Adapter, filled: None) -> None:
        for feed in adapter.feeds():
            first, second = adapter.fetch(feed.name, {}), adapter.fetch(feed.name, {})
            assert first.items
            assert _names(first) == _names(second)

    def test_walks_end_and_find_nothing_twice(self, adapter: Adapter, filled: None) -> None:
        for feed in adapter.feeds():
            found, cursor = _walk(adapter, feed.name, {})
            again, later = _walk(adapter, feed.name, cursor)
            assert set(again) <= set(found)
            json.dumps(later)

    def test_items_can_be_stored_and_understood(self, adapter: Adapter, filled: None) -> None:
        for feed in adapter.feeds():
            for item in adapter.fetch(feed.name, {}).items:
                assert 0 < len(item.external_id) <= 255
                assert len(item.revision) <= 64
                stored = json.loads(json.dumps(item.payload))
                assert is_dataclass(adapter.normalise(stored if item.raw is None else stored | {"raw": item.raw}))

    def test_what_was_read_has_a_price(self, adapter: Adapter, filled: None) -> None:
        uses = [use for feed in adapter.feeds() for use in adapter.fetch(feed.name, {}).uses]
        assert bool(uses) == self.adapter_class.kind.capabilities.is_metered
        assert {use.resource for use in uses} <= set(self.adapter_class.kind.prices)
        assert all(use.ids for use in uses)

    def test_check_says_who_it_is(self, adapter: Adapter, filled: None) -> None:
        check = adapter.check()
        assert check.external_id
        json.dumps(dict(check.state))


def _context(message: Inbound, private_open: bool | None) -> ReplyContext:
    return ReplyContext(message.visibility, message.reply_data, message.author, message.occurred_at, private_open)


def _answer(message: Inbound, visibility: str) -> Outbound:
    return Outbound(
        delivery_id=1,
        visibility=visibility,
        text="Thank you.",
        recipient=message.author,
        in_reply_to=message.external_ids[0],
        reply_data=message.reply_data,
        thread_key=message.thread_key,
        references=message.external_ids,
        subject=message.subject,
        to=(message.author,),
        message_id="<conformance@parley.example>",
    )


def _names(page: Page) -> list[tuple[str, str]]:
    return [(item.external_id, item.revision) for item in page.items]


def _walk(adapter: Adapter, feed: str, cursor: dict[str, Any]) -> tuple[list[tuple[str, str]], dict[str, Any]]:
    """All items from a cursor on, each stored as JSON before the next page is fetched."""
    found: list[tuple[str, str]] = []
    for _page in range(MOST_PAGES):
        page = adapter.fetch(feed, json.loads(json.dumps(cursor)))
        found += _names(page)
        cursor = page.cursor
        if not page.more:
            return found, cursor
    raise AssertionError(f"{feed} does not come to an end")

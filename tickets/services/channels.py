"""Connecting accounts, and handing adapters what they need."""

import re
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any, NoReturn

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Team
from tickets.channels.contract import Account, Adapter, Check, Field
from tickets.channels.errors import AuthRevoked, ChannelError
from tickets.channels.registry import adapter_class, adapters
from tickets.models import Channel, Feed
from tickets.models.fields import LockedSecrets, Secrets
from tickets.services.errors import Refused

LOCKED = (
    "The stored credentials cannot be opened with CREDENTIALS_KEYS. Put back the key they were saved with "
    "(docs/backup.md says where it lives), or enter them anew; then resume."
)


def adapter_for(channel: Channel) -> Adapter:
    """The adapter of a channel, with its credentials opened."""
    return adapter_class(channel.kind)(account_of(channel))


def account_of(channel: Channel) -> Account:
    return Account(
        channel_id=channel.pk,
        kind=channel.kind,
        address=channel.address,
        credentials=_opened(channel.credentials),
        options=dict(channel.options),
        state=dict(channel.account_state),
        renew=partial(_renew, channel.pk),
        remember=partial(_remember, channel.pk),
    )


class _Unopened(dict[str, str]):
    """Given to an adapter in place of credentials that cannot be opened: it says so to whoever looks for one."""

    def __getitem__(self, name: str) -> NoReturn:
        raise AuthRevoked(LOCKED)

    __iter__ = keys = values = items = get = __contains__ = __getitem__  # type: ignore[assignment]


def _opened(credentials: Secrets) -> dict[str, str]:
    return _Unopened() if isinstance(credentials, LockedSecrets) else dict(credentials)


def _renew(channel_id: int, exchange: Callable[[dict[str, str]], dict[str, str]]) -> dict[str, str]:
    """Exchange credentials under a lock on their row: a single-use refresh token is used by one process only.

    `exchange` gets what is stored *now*; where another process was faster it returns those as they are.
    """
    with transaction.atomic():
        channel = Channel.objects.select_for_update(no_key=True).get(pk=channel_id)
        renewed = exchange(dict(channel.credentials))
        channel.credentials = Secrets(renewed)
        channel.save(update_fields=["credentials"])
    return renewed


def _remember(channel_id: int, facts: dict[str, Any]) -> None:
    with transaction.atomic():
        channel = Channel.objects.select_for_update(no_key=True).get(pk=channel_id)
        channel.account_state = {**channel.account_state, **facts}
        channel.save(update_fields=["account_state"])


def add(
    kind: str,
    address: str,
    name: str,
    credentials: dict[str, str],
    options: dict[str, str],
    *,
    team: Team | None = None,
) -> Channel:
    """Connect an account. Raises Refused for an unknown kind, wrong names or values, or a known address."""
    if kind not in adapters():
        raise Refused(f"There is no channel kind “{kind}”. Known kinds: {', '.join(sorted(adapters()))}.")
    spec = adapter_class(kind).kind
    if spec.address_pattern and not re.fullmatch(spec.address_pattern, address):
        raise Refused(f"{spec.address_label} “{address}” does not look right. {spec.address_help}")
    address = spec.address_form(address)
    _check("credential", credentials, spec.credential_fields)
    _check("option", options, spec.option_fields)
    channel = Channel(
        kind=kind, address=address, name=name, credentials=Secrets(credentials), options=options, team=team
    )
    try:
        with transaction.atomic():
            channel.save()
            sync_feeds(channel)
    except IntegrityError:
        raise Refused(f"{address} is connected already. Change that channel instead of adding it again.") from None
    return channel


def _check(what: str, given: dict[str, str], fields: tuple[Field, ...]) -> None:
    known = [field.name for field in fields]
    unknown = sorted(set(given) - set(known))
    if unknown:
        raise Refused(f"Unknown {what} {', '.join(unknown)}. Known: {', '.join(known) or 'none'}.")
    missing = [field.name for field in fields if field.required and not field.default and not given.get(field.name)]
    if missing:
        raise Refused(f"Missing {what} {', '.join(missing)}.")
    for field in fields:
        if given.get(field.name):
            _check_value(field, given[field.name])


def _check_value(field: Field, value: str) -> None:
    if field.choices and value not in field.choices:
        raise Refused(f"{field.label} ({field.name}) is “{value}”. Choose one of {', '.join(field.choices)}.")
    if field.pattern and not re.fullmatch(field.pattern, value):
        raise Refused(f"{field.label} ({field.name}) does not look right. {field.help}")


def update(
    channel: Channel, *, name: str, credentials: dict[str, str], options: dict[str, str], team: Team | None = None
) -> None:
    """Change a channel; an empty credential keeps the stored one."""
    new = {name_: value for name_, value in credentials.items() if value}
    with transaction.atomic():
        # Locked, so that a token renewed at this moment is not overwritten by an older one.
        stored = Channel.objects.select_for_update(no_key=True).get(pk=channel.pk).credentials
        if new:
            # What an adapter noted beside the old credentials (when a token ends) does not hold for new ones.
            known = {field.name for field in channel.spec.credential_fields}
            stored = Secrets({name_: value for name_, value in stored.items() if name_ in known} | new)
            _check("credential", stored, channel.spec.credential_fields)
        _check("option", options, channel.spec.option_fields)
        channel.name, channel.credentials, channel.options, channel.team = name, stored, options, team
        channel.save(update_fields=["name", "credentials", "options", "team"])
        sync_feeds(channel)


def set_limits(channel: Channel, *, soft: Decimal | None, hard: Decimal | None) -> None:
    """Dollars per UTC day; feeds that waited for the old limits look again at once.

    Raises Refused when the soft limit is above the hard one.
    """
    if soft is not None and hard is not None and soft > hard:
        raise Refused("The soft limit must not be above the hard limit.")
    channel.soft_limit, channel.hard_limit = soft, hard
    channel.save(update_fields=["soft_limit", "hard_limit"])
    # A feed that failed waits for its network, not for our limits.
    now = timezone.now()
    channel.feeds.filter(failures=0, next_poll_at__gt=now).update(next_poll_at=now)


def sync_feeds(channel: Channel) -> list[str]:
    """Make a row for each thing that is polled, let new and returning ones be polled at once, and name them all."""
    now = timezone.now()
    names = [spec.name for spec in adapter_for(channel).feeds()]
    Feed.objects.bulk_create(
        [Feed(channel=channel, name=name, next_poll_at=now) for name in names], ignore_conflicts=True
    )
    channel.feeds.filter(name__in=names, next_poll_at=None).update(next_poll_at=now)
    channel.feeds.exclude(name__in=names).update(next_poll_at=None)
    return names


def pause(channel: Channel, *, code: str = "by_hand", text: str = "") -> None:
    """Stop polling and sending. What is stored stays; replies wait."""
    Channel.objects.filter(pk=channel.pk, state=Channel.State.ACTIVE).update(
        state=Channel.State.PAUSED, pause_code=code, pause_text=text, paused_at=timezone.now()
    )


def resume(channel: Channel) -> None:
    """Go on where it stopped: the cursors are kept, so that nothing between is missed."""
    Channel.objects.filter(pk=channel.pk).update(
        state=Channel.State.ACTIVE, pause_code="", pause_text="", paused_at=None, last_error="", last_error_at=None
    )
    channel.feeds.filter(name__in=sync_feeds(channel)).update(next_poll_at=timezone.now(), failures=0, last_error="")


def check(channel: Channel) -> Check:
    """One cheap request with the stored credentials. Raises ChannelError, which is also kept as the last error."""
    try:
        answer = adapter_for(channel).check()
    except ChannelError as error:
        note_error(channel, error.text)
        raise
    if answer.state:
        _remember(channel.pk, dict(answer.state))
    Channel.objects.filter(pk=channel.pk).update(last_ok_at=timezone.now(), last_error="", last_error_at=None)
    return answer


def note_error(channel: Channel, text: str) -> None:
    Channel.objects.filter(pk=channel.pk).update(last_error=text, last_error_at=timezone.now())

"""What can be answered where, worked out before a composer opens, with the reason in words where it cannot."""

from dataclasses import dataclass, replace

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import team_sight
from tickets.channels.contract import PRIVATE, FileLimits, Person, ReplyContext
from tickets.models import Channel, Customer, Identity, IdentityChannel, Message, Ticket
from tickets.services import parts
from tickets.services.channels import adapter_for
from tickets.services.customers import unwanted


@dataclass(frozen=True)
class ComposeOption:
    """One tab of the composer.

    answers     the message that would be answered; None starts a conversation
    reason      why it is impossible, in words for the agent; empty when allowed
    max_length  in the network's own way of counting; None without a limit
    files       what may go out with it
    private_link  where the customer can write to us privately; "" where the network has no such address
    """

    key: str
    channel: Channel
    visibility: str
    label: str
    icon: str
    allowed: bool
    reason: str
    answers: Message | None
    recipient: Identity | None
    max_length: int | None
    has_subject: bool
    private_link: str
    files: FileLimits

    @property
    def invitation(self) -> str:
        """What an agent may say in public to move on in private; they edit it before it goes out."""
        return _("Write to us privately, so that nobody else reads your details: %(link)s") % {
            "link": self.private_link
        }


def options_for(ticket: Ticket) -> list[ComposeOption]:
    """Every way to answer this ticket: for each channel in it, the newest message of the customer decides."""
    questions = newest_questions(ticket)
    private_open = _private_open(questions)
    options: dict[str, ComposeOption] = {}
    for message in questions:
        for option in _options(message, private_open.get((message.identity_id, message.channel_id))):
            known = options.get(option.key)
            if known is None or _preference(option) > _preference(known):
                options[option.key] = option
    # Private first where both exist: public needs a decision.
    return sorted(options.values(), key=lambda option: (not option.allowed, option.visibility == "public"))


def _preference(option: ComposeOption) -> tuple[bool, bool]:
    """What can be answered wins over what cannot; then a private answer goes to what was said privately."""
    return option.allowed, option.answers is not None and option.answers.visibility == option.visibility


def option_for(message: Message, visibility: str) -> ComposeOption | None:
    """How one message can be answered in one visibility; None where the channel has no such way."""
    known = _private_open([message]).get((message.identity_id, message.channel_id))
    return next((option for option in _options(message, known) if option.visibility == visibility), None)


def ways_to_start(user: User, customer: Customer | None) -> list[ComposeOption]:
    """How a conversation can be begun: by address, and with a customer privately where we heard of them.

    Only from accounts whose tickets this person sees. The key of a way is no key of a tab.
    """
    open_to_user = Channel.objects.filter(team_sight(user))
    able = [channel for channel in open_to_user if channel.spec.capabilities.can_start_conversation]
    return [_by_address(channel) for channel in able] + (_privately(open_to_user, user, customer) if customer else [])


def _by_address(channel: Channel) -> ComposeOption:
    spec = channel.spec
    return ComposeOption(
        key=f"{channel.pk}-address",
        channel=channel,
        visibility=PRIVATE,
        label=spec.label,
        icon=spec.icon,
        allowed=channel.is_active,
        reason=_paused(channel),
        answers=None,
        recipient=None,
        max_length=spec.capabilities.max_private_length,
        has_subject=spec.capabilities.has_subject,
        private_link="",
        files=spec.capabilities.files(PRIVATE),
    )


def _privately(channels: QuerySet[Channel], user: User, customer: Customer) -> list[ComposeOption]:
    heard = Message.objects.filter(
        team_sight(user, "ticket__team"), identity__customer=customer, channel__in=channels, direction="inbound"
    )
    # What was said privately names the conversation in which we would write.
    newest = heard.order_by("identity_id", "channel_id", "visibility", "-occurred_at")
    newest = newest.distinct("identity_id", "channel_id")
    questions = [
        question
        for question in newest.select_related("channel", "thread__ticket", "identity__customer")
        if question.channel and question.channel.spec.capabilities.can_start_private
    ]
    options = [option_for(question, PRIVATE) for question in questions]
    return [
        replace(option, key=f"{option.channel.pk}-{option.recipient.pk}")
        for option in options
        if option and option.recipient
    ]


def _paused(channel: Channel) -> str:
    return "" if channel.is_active else f"{channel.name} is paused. {channel.pause_text}"


def parts_on(channel: Channel, visibility: str, text: str) -> list[str]:
    """The numbered posts as which a text goes out; empty where it fits into one message, or does not go at all."""
    adapter, able = adapter_for(channel), channel.spec.capabilities
    most = able.max_public_length
    numbered = visibility == Message.Visibility.PUBLIC and able.can_number_parts
    if most is None or not numbered or adapter.count(text, visibility) <= most:
        return []
    return parts.split(text, most, lambda part: adapter.count(part, visibility))


def newest_questions(ticket: Ticket) -> list[Message]:
    """The newest inbound message of each thread, newest first; our own first one while nobody answered it."""
    newest = (
        Message.objects.filter(ticket=ticket, direction="inbound", thread__isnull=False, deleted_at=None)
        .order_by("thread", "-occurred_at", "-id")
        .distinct("thread")
        .values("pk")
    )
    messages = Message.objects.select_related("channel", "thread", "identity__customer")
    found = messages.filter(pk__in=newest) or messages.filter(ticket=ticket, direction="outbound").order_by("id")[:1]
    return sorted(found, key=lambda message: message.occurred_at, reverse=True)


def _private_open(messages: list[Message]) -> dict[tuple[int | None, int | None], bool | None]:
    """(identity, channel) -> what we were told about writing privately."""
    rows = IdentityChannel.objects.filter(identity__in=[message.identity_id for message in messages])
    return {
        (identity, channel): open_
        for identity, channel, open_ in rows.values_list("identity_id", "channel_id", "private_open")
    }


def _options(message: Message, private_open: bool | None) -> list[ComposeOption]:
    channel = message.channel
    assert channel is not None
    spec = channel.spec
    refusal = unwanted(message.identity.customer) if message.identity else ""
    context = ReplyContext(
        visibility=message.visibility,
        reply_data=message.reply_data,
        author=person(message.identity) if message.identity else None,
        occurred_at=message.occurred_at,
        private_open=private_open,
    )
    return [
        ComposeOption(
            key=f"{channel.pk}-{option.visibility}",
            channel=channel,
            visibility=option.visibility,
            label=spec.message_names.get(f"{option.visibility}_reply", spec.label),
            icon=spec.icon,
            allowed=option.allowed and channel.is_active and not refusal,
            reason=refusal or option.reason or _paused(channel),
            answers=message,
            recipient=message.identity,
            max_length=option.max_length,
            has_subject=spec.capabilities.has_subject,
            private_link=option.private_link,
            files=spec.capabilities.files(option.visibility),
        )
        for option in adapter_for(channel).reply_options(context)
    ]


def person(identity: Identity) -> Person:
    return Person(
        external_id=identity.external_id,
        name=identity.name,
        handle=identity.handle,
        followers=identity.followers,
        verified=identity.verified,
    )

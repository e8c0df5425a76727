"""What can be answered where, and why not, before a composer opens. Pure."""

from channels_social.x.counting import MAX_DIRECT_MESSAGE, MAX_POST
from tickets.channels.contract import PRIVATE, PUBLIC, Person, ReplyContext, ReplyOption

NOT_SUMMONED = (
    "X accepts a reply from here only if the author mentioned or quoted this account. "
    "Open the post in X to answer it there."
)
NOBODY = "X does not say who wrote this, so nobody can be written to."
NO_MESSAGES = "This person does not accept direct messages from this account. Answer in public and ask them to write."


# Opens a conversation with the account of this number (docs.x.com, "direct message deep links").
COMPOSE = "https://x.com/messages/compose?recipient_id="


def reply_options(context: ReplyContext, own_id: str) -> tuple[ReplyOption, ...]:
    """A post can be answered in public and by direct message, a direct message by another: they wrote to us first.

    `own_id` is our account's number, "" as long as X has not said it.
    """
    private = _private(context)
    if context.visibility != PUBLIC:
        return (private,)
    summoned = bool(context.reply_data.get("summoned"))
    public = ReplyOption(PUBLIC, summoned, "" if summoned else NOT_SUMMONED, MAX_POST, own_id and COMPOSE + own_id)
    return public, private


def _private(context: ReplyContext) -> ReplyOption:
    reason = ""
    if context.author is None:
        reason = NOBODY
    elif context.visibility == PUBLIC and _closed(context.author, context.private_open):
        reason = NO_MESSAGES
    return ReplyOption(PRIVATE, not reason, reason, MAX_DIRECT_MESSAGE)


def _closed(person: Person, private_open: bool | None) -> bool:
    """What an attempt or an earlier answer told us beats what X reports about the person in general."""
    return private_open is False if private_open is not None else person.accepts_private is False

"""What people do in private: direct messages, alone or in groups."""

from collections.abc import Sequence
from datetime import datetime

from sandbox.x import text as texts
from sandbox.x.clock import to_ms
from sandbox.x.model import JOIN, LEAVE, MESSAGE, Account, Conversation, DmEvent, Media, NotPossible
from sandbox.x.posting import Posting

Recipients = Account | str | Conversation | Sequence[Account | str]


class Messaging(Posting):
    def dm(
        self,
        sender: Account | str,
        to: Recipients,
        text: str,
        *,
        media: Sequence[Media] = (),
        at: datetime | None = None,
        late_s: float | None = None,
    ) -> DmEvent:
        """Write privately to a person, to several (a new group) or into a conversation.

        `late_s`: the event is listed that much later than it happened (default: the setting).
        """
        with self.lock:
            user = self._may_write(sender)
            at_ms = to_ms(at) if at else None
            conversation = self.conversation(user, to, at_ms)
            if user.id not in conversation.participants:
                raise NotPossible(f"@{user.username} is not in this conversation.")
            for other in self._others(conversation, user):
                if not self.takes_dm(other, user, conversation):
                    raise NotPossible(f"@{other.username} takes no direct messages from @{user.username}.")
            event = self._event(MESSAGE, conversation, at_ms, late_s)
            event.sender_id, event.media = user.id, [one.key for one in media]
            event.text, event.links = texts.shorten_links(text, self.short_link)
            return self.keep("dm", event)

    def conversation(self, user: Account, to: Recipients, at_ms: int | None = None) -> Conversation:
        """The conversation of these people, opened if need be."""
        if isinstance(to, Conversation):
            return to
        with self.lock:
            if isinstance(to, Account | str):
                low, high = sorted((user.id, self.find(to).id))
                known = self.conversations.get(f"{low}-{high}")
                return known or self.keep("conversation", Conversation(f"{low}-{high}", [low, high]))
            people = [user.id, *(self.find(one).id for one in to)]
            group = self.keep("conversation", Conversation(str(self.clock.snowflake(at_ms)), people, group=True))
            joined = self._event(JOIN, group, at_ms)
            joined.sender_id, joined.participants = user.id, people[1:]
            self.keep("dm", joined)
            return group

    def leave(self, who: Account | str, conversation: Conversation) -> DmEvent:
        with self.lock:
            user = self.find(who)
            conversation.participants.remove(user.id)
            self.keep("conversation", conversation)
            event = self._event(LEAVE, conversation, None)
            event.participants = [user.id]
            return self.keep("dm", event)

    def takes_dm(self, person: Account, sender: Account, conversation: Conversation | None) -> bool:
        """Open to all, or has written to the sender before; never from somebody blocked."""
        if sender.id in person.blocks or person.gone:
            return False
        if person.open_dms:
            return True
        known = self.dms_by_conversation[conversation.id] if conversation else []
        return any(self.dms[number].sender_id == person.id for number in known)

    def dms_of(self, who: Account | str, other: Account | str | None = None) -> list[DmEvent]:
        """Events in which somebody takes part, oldest first; with `other`, of their one-to-one conversation."""
        with self.lock:
            user = self.find(who)
            if other is not None:
                rooms = [self.conversation(user, other)]
            else:
                rooms = [one for one in self.conversations.values() if user.id in one.participants]
            return sorted(
                (self.dms[number] for room in rooms for number in self.dms_by_conversation[room.id]),
                key=lambda event: event.id,
            )

    def _others(self, conversation: Conversation, user: Account) -> list[Account]:
        return [self.accounts[number] for number in conversation.participants if number != user.id]

    def _event(self, kind: str, room: Conversation, at_ms: int | None, late_s: float | None = None) -> DmEvent:
        created = self.clock.now_ms() if at_ms is None else at_ms
        lag = self.settings.dm_lag_s if late_s is None else late_s
        return DmEvent(self.clock.snowflake(created), kind, room.id, created, created + int(lag * 1000))

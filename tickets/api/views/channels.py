"""Connected accounts and their health; admins connect, change, check, pause and resume them."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import can
from tickets.api.base import Endpoint, ListEndpoint, find, team_of
from tickets.api.fields import Nothing
from tickets.api.idempotency import idempotent
from tickets.api.serializers.channel import ChannelChange, ChannelSerializer, NewChannel
from tickets.channel_health import health_of, health_of_all
from tickets.channels.errors import ChannelError
from tickets.models import Channel
from tickets.services import channels
from tickets.services.errors import Refused


class AboutChannels:
    """Everybody reads, admins change."""

    ability = "channels.view"
    change_ability = "channels.manage"
    serializer_class = ChannelSerializer
    request: Request

    def get_serializer_context(self) -> dict[str, Any]:
        return {"may_manage": can(self.request.user, "channels.manage")}

    def shown(self, channel: Channel, status: int = 200) -> Response:
        health = health_of(find(Channel.objects.all(), channel.pk, "channel"))
        return Response(ChannelSerializer(health, context=self.get_serializer_context()).data, status)


class Channels(AboutChannels, ListEndpoint):
    queryset = Channel.objects.none()

    def get_queryset(self) -> QuerySet[Channel]:
        return Channel.objects.only("pk")

    @extend_schema(operation_id="channels_list")
    def get(self, request: Request) -> Response:
        """Every connected account, and how it is."""
        page = {channel.pk for channel in self.paginate_queryset(self.get_queryset())}
        every = sorted(health_of_all(), key=lambda health: health.channel.pk)
        shown = [health for health in every if health.channel.pk in page]
        return self.get_paginated_response(self.get_serializer(shown, many=True).data)

    @extend_schema(operation_id="channels_create", request=NewChannel, responses={201: ChannelSerializer})
    @idempotent
    def post(self, request: Request) -> Response:
        """Connect an account. Whether the network takes its credentials, `check` tells."""
        new = self.body(NewChannel)
        new["team"] = team_of(new["team"])
        return self.shown(channels.add(**new), 201)


class OneChannel(AboutChannels, Endpoint):
    @extend_schema(operation_id="channels_retrieve")
    def get(self, request: Request, pk: int) -> Response:
        """One account."""
        return self.shown(find(Channel.objects.all(), pk, "channel"))

    @extend_schema(operation_id="channels_change", request=ChannelChange)
    def patch(self, request: Request, pk: int) -> Response:
        """Change name, team, credentials, options or limits."""
        channel, change = find(Channel.objects.all(), pk, "channel"), self.body(ChannelChange)
        with transaction.atomic():
            channels.update(
                channel,
                name=change.get("name", channel.name),
                credentials=change.get("credentials", {}),
                options=change.get("options", dict(channel.options)),
                team=team_of(change["team"]) if "team" in change else channel.team,
            )
            channels.set_limits(
                channel,
                soft=change.get("soft_limit_usd", channel.soft_limit),
                hard=change.get("hard_limit_usd", channel.hard_limit),
            )
        return self.shown(channel)


class ChannelAction(AboutChannels, Endpoint):
    """Answers with the channel as it is then."""

    takes = Nothing

    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        channel = find(Channel.objects.all(), pk, "channel")
        self.body(Nothing)
        try:
            self.act(channel)
        except Refused as refusal:
            # Answered, not raised: what was noted about the failure is kept under an Idempotency-Key, too.
            return self.handle_exception(refusal)
        return self.shown(channel)

    def act(self, channel: Channel) -> None:
        raise NotImplementedError


class PauseChannel(ChannelAction):
    """Nothing is read or sent until it is resumed."""

    def act(self, channel: Channel) -> None:
        channels.pause(channel, text=f"{self.request.user.name} paused it.")


class ResumeChannel(ChannelAction):
    """Read again; what was missed is fetched now."""

    def act(self, channel: Channel) -> None:
        channels.resume(channel)


class CheckChannel(ChannelAction):
    """Ask the network whether it takes the credentials."""

    def act(self, channel: Channel) -> None:
        try:
            channels.check(channel)
        except ChannelError as error:
            raise Refused(error.text) from None

"""Tags: a name comes into being with the first ticket that has it."""

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from tickets.api.base import ListEndpoint
from tickets.api.fields import Named
from tickets.models import Tag


class Tags(ListEndpoint):
    ability = "tickets.work"
    serializer_class: type[serializers.Serializer] = Named
    order = ("name", "id")
    queryset = Tag.objects.all()

    def get_queryset(self) -> QuerySet[Tag]:
        return Tag.objects.all()

    def get(self, request: Request) -> Response:
        """Every tag, by name."""
        return super().get(request)

"""The measures for programs: the same queries, filters and permissions as the pages."""

from __future__ import annotations

import time
from typing import Any

from django.db.models import F, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Now
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from metrics.forms import PERIODS, ScopeForm
from metrics.models import Calendar, CalendarVersion, SlaPolicyVersion, TicketFact
from metrics.queries import figures
from metrics.queries.facts import FIELDS, facts_at
from metrics.queries.figures import Figure
from metrics.queries.measures import MEASURES
from metrics.queries.scope import BUSINESS, CALENDAR, sight
from tickets.api.base import Endpoint, ListEndpoint, find
from tickets.api.errors import BadParameters, not_found
from tickets.api.fields import Instant

SCOPE = [
    OpenApiParameter("days", int, enum=PERIODS, description="The last days; or `from` and `to`."),
    OpenApiParameter("from", {"type": "string", "format": "date"}, description="First day of the period."),
    OpenApiParameter("to", {"type": "string", "format": "date"}, description="Last day of the period."),
    OpenApiParameter("clock", str, enum=[CALENDAR, BUSINESS]),
    OpenApiParameter("channel", int, many=True, description="Ids of channels."),
    OpenApiParameter("visibility", str, enum=["public", "private"]),
    OpenApiParameter("team", int, description="Id of a team."),
]
MEASURE = OpenApiParameter("measure", str, enum=list(MEASURES), description="By default `first_response`.")


class FigureSerializer(serializers.Serializer):
    """Seconds. `median_s` and `p90_s` are null with fewer than 20 cases."""

    n = serializers.IntegerField()
    mean_s = serializers.FloatField(source="mean", allow_null=True)
    median_s = serializers.FloatField(source="median", allow_null=True)
    p90_s = serializers.FloatField(source="p90", allow_null=True)


class MeasureFigure(FigureSerializer):
    measure = serializers.ChoiceField(choices=list(MEASURES))


class SummarySerializer(serializers.Serializer):
    """`to` is excluded."""

    to = Instant()
    clock = serializers.ChoiceField(choices=[CALENDAR, BUSINESS])
    measures = MeasureFigure(many=True)

    def get_fields(self) -> dict[str, Any]:
        # `from` is no name for a class attribute.
        return {"from": Instant(), **super().get_fields()}


class Point(FigureSerializer):
    day = serializers.DateField(help_text="The first day of the stretch.")


class Row(serializers.Serializer):
    """`channel` is an id; `live` tells calls that were answered live from the rest."""

    channel = serializers.IntegerField()
    live = serializers.BooleanField()
    points = Point(many=True)


class SeriesSerializer(serializers.Serializer):
    """A stretch without cases is missing, not zero."""

    measure = serializers.ChoiceField(choices=list(MEASURES))
    unit = serializers.ChoiceField(choices=["day", "week", "month"])
    rows = Row(many=True)


class MeasuredEndpoint(Endpoint):
    ability = "metrics.view"
    extra: tuple[str, ...] = ()

    def parameters(self) -> tuple[str, ...]:
        return (*(parameter.name for parameter in SCOPE), *self.extra)

    def form(self, request: Request) -> ScopeForm:
        """The filters of the pages; what a page would leave out is refused here."""
        form = ScopeForm(request.query_params, request.user)
        if form.errors:
            raise BadParameters({name: [str(text) for text in texts] for name, texts in form.errors.items()})
        return form


class Summary(MeasuredEndpoint):
    serializer_class = SummarySerializer

    @extend_schema(operation_id="metrics_summary", parameters=SCOPE)
    def get(self, request: Request) -> Response:
        """Every measure over a period, all channels together."""
        scope = self.form(request).scope()
        found = [
            {"measure": measure.key, **vars(figures.overall(measure, figures.blended(measure, scope)))}
            for measure in MEASURES.values()
        ]
        shown = {"from": scope.start, "to": scope.end, "clock": scope.clock, "measures": found}
        return Response(SummarySerializer(shown).data)


class Series(MeasuredEndpoint):
    serializer_class = SeriesSerializer
    extra = (MEASURE.name,)

    @extend_schema(operation_id="metrics_series", parameters=[*SCOPE, MEASURE])
    def get(self, request: Request) -> Response:
        """One measure per channel and day, week or month."""
        form = self.form(request)
        scope, measure = form.scope(), form.chosen_measure
        rows = [
            {
                "channel": channel,
                "live": live,
                "points": [_point(day, figure) for day, figure in sorted(points.items())],
            }
            for (channel, live), points in sorted(figures.over_time(measure, scope).items())
        ]
        shown = {"measure": measure.key, "unit": figures.buckets(scope).unit, "rows": rows}
        return Response(SeriesSerializer(shown).data)


def _point(day: Any, figure: Figure) -> dict[str, Any]:
    return {"day": day, **vars(figure)}


class TicketFacts(Endpoint):
    ability = "metrics.view"

    @extend_schema(
        operation_id="metrics_tickets_retrieve",
        responses={(200, "application/json"): {"type": "object", "properties": {name: {} for name in FIELDS}}},
    )
    def get(self, request: Request, number: int) -> Response:
        """The facts of one ticket, ages and running clocks as of now (docs/metrics.md)."""
        fact = find(TicketFact.objects.filter(sight(request.user)).select_related("ticket"), number, "measured ticket")
        for facts in facts_at([(number, fact.ticket.external_id)], int(time.time())):
            return Response(facts)
        raise not_found(f"measured ticket {number}")


class CalendarSerializer(serializers.Serializer):
    """`versions`: the present hours and those to come; `data` as in docs/history-import.md."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    is_default = serializers.BooleanField()
    versions = serializers.SerializerMethodField()

    def get_versions(self, calendar: Calendar) -> list[dict[str, Any]]:
        return [
            {"valid_from": Instant().to_representation(one.valid_from) if one.valid_from else None, "data": one.data}
            for one in calendar.versions.all()
        ]


class Calendars(ListEndpoint):
    ability = "promises.manage"
    serializer_class = CalendarSerializer
    queryset = Calendar.objects.none()

    def get_queryset(self) -> QuerySet[Calendar]:
        versions = CalendarVersion.objects.order_by("valid_from", "pk")
        return Calendar.objects.prefetch_related(Prefetch("versions", versions))

    @extend_schema(operation_id="calendars_list")
    def get(self, request: Request) -> Response:
        """Business hours, with every version."""
        return super().get(request)


class SlaPolicySerializer(serializers.Serializer):
    """`targets`: minutes by metric and priority. The first policy by `position` whose `conditions` hold counts."""

    id = serializers.IntegerField()
    name = serializers.CharField(source="policy.name")
    valid_from = Instant(allow_null=True)
    position = serializers.IntegerField()
    enabled = serializers.BooleanField()
    conditions = serializers.DictField()
    calendar = serializers.IntegerField(source="calendar_id")
    clock = serializers.ChoiceField(choices=SlaPolicyVersion.Clock.choices)
    targets = serializers.DictField()


class SlaPolicies(ListEndpoint):
    ability = "promises.manage"
    serializer_class = SlaPolicySerializer
    queryset = SlaPolicyVersion.objects.none()

    def get_queryset(self) -> QuerySet[SlaPolicyVersion]:
        begun = SlaPolicyVersion.objects.filter(Q(valid_from=None) | Q(valid_from__lte=Now()))
        # Without a date: since ever, so older than any other.
        newest = begun.filter(policy=OuterRef("policy")).order_by(F("valid_from").desc(nulls_last=True))
        return SlaPolicyVersion.objects.filter(pk=Subquery(newest.values("pk")[:1])).select_related("policy")

    @extend_schema(operation_id="sla_policies_list")
    def get(self, request: Request) -> Response:
        """The promises in force, each in its present version."""
        return super().get(request)

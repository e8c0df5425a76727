"""How the installation is: the same checks as `manage.py doctor`."""

from celery import current_app
from drf_spectacular.utils import extend_schema
from kombu.exceptions import OperationalError
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from tickets.api.base import Endpoint
from tickets.services.health import Finding, findings

LEVELS = ("ok", "warning", "error")
BROKER_PATIENCE_S = 2


class CheckSerializer(serializers.Serializer):
    name = serializers.CharField()
    level = serializers.ChoiceField(choices=LEVELS)
    text = serializers.CharField()
    mend = serializers.CharField(help_text="What to do; empty when all is well.")


class HealthSerializer(serializers.Serializer):
    """`status` is the worst level of the checks."""

    status = serializers.ChoiceField(choices=LEVELS)
    checks = CheckSerializer(many=True)


class Health(Endpoint):
    ability = "channels.view"
    serializer_class = HealthSerializer

    @extend_schema(operation_id="health_retrieve")
    def get(self, request: Request) -> Response:
        """What is wrong right now, and how to mend it. The answer is 200 whatever it says."""
        checks = [*findings(), _broker()]
        status = max((check.level for check in checks), key=LEVELS.index)
        return Response(HealthSerializer({"status": status, "checks": checks}).data)


def _broker() -> Finding:
    try:
        with current_app.connection_for_write(connect_timeout=BROKER_PATIENCE_S) as connection:
            connection.ensure_connection(max_retries=0, timeout=BROKER_PATIENCE_S)
    except (OperationalError, OSError) as error:
        return Finding("broker", "error", f"The broker does not answer: {error}.", "Is Valkey or Redis running?")
    return Finding("broker", "ok", "The broker answers.")

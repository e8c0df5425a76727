"""The description of the API, for programs and for people."""

from csp.decorators import csp_update
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET
from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiJsonRenderer2, OpenApiYamlRenderer
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from tickets.api.schema import document


class OpenApi(APIView):
    """JSON, or YAML for those who ask for it with `Accept: application/vnd.oai.openapi`."""

    permission_classes = (IsAuthenticated,)
    renderer_classes = (OpenApiJsonRenderer2, OpenApiJsonRenderer, OpenApiYamlRenderer)

    @extend_schema(exclude=True)
    def get(self, request: Request) -> Response:
        return Response(document())


@require_GET
@csp_update({"img-src": ["data:"]})  # Swagger UI's own icons
def pages(request: HttpRequest) -> HttpResponse:
    """The same in a browser, to read and to try out with one's own session."""
    return render(request, "api/docs.html")

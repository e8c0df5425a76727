"""The description of the API is there, valid, and says what the code does."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from drf_spectacular.validation import validate_schema

from tickets.api.errors import type_of
from tickets.api.schema import document

pytestmark = pytest.mark.django_db


def test_it_is_valid_openapi_and_needs_a_signed_in_reader(by, agent):
    assert by(None).get("/api/v1/schema/").status_code == 401
    answer = by(agent).get("/api/v1/schema/")
    assert answer["Content-Type"] == "application/json"
    described = answer.json()
    assert described["openapi"] == "3.1.0"
    validate_schema(described)


def test_it_comes_as_yaml_for_those_who_ask(by, agent):
    answer = by(agent).get("/api/v1/schema/", headers={"Accept": "application/vnd.oai.openapi"})
    assert answer.content.startswith(b"openapi: 3.1.0")


def test_the_pages_send_visitors_to_the_sign_in_page(as_, admin):
    assert as_(None).get("/api/v1/docs/")["Location"].startswith("/sign-in/")


def test_every_operation_has_words_and_says_that_it_may_fail():
    for path, operations in document()["paths"].items():
        for method, operation in operations.items():
            assert operation["summary"], (method, path)
            assert "application/problem+json" in operation["responses"]["default"]["content"]
            keyed = any(parameter["name"] == "Idempotency-Key" for parameter in operation.get("parameters", []))
            assert keyed is (method == "post")


def test_the_page_in_the_docs_names_every_resource_and_problem():
    page = Path(settings.BASE_DIR, "docs/api.md").read_text()
    for path in document()["paths"]:
        plain = path.removeprefix("/api/v1/")
        assert re.search(rf"`(POST )?{re.escape(plain)}`", page), plain
    code = "".join(file.read_text() for file in Path(settings.BASE_DIR, "tickets/api").rglob("*.py"))
    kinds = set(re.findall(r'Problem\(\s*\d+, "([a-z-]+)"', code))
    assert kinds
    assert all(f"`{type_of(kind)}`" in page for kind in kinds)

"""What cannot be started here is read instead: the compose file and the page of settings against the code."""

import re
import subprocess
import sys

import pytest
import yaml

from runtime.bootstrap import ROOT
from runtime.check import ENVIRONMENT

SETTINGS = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', (ROOT / "helpdesk/settings.py").read_text()))


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text())


@pytest.fixture(scope="module")
def products(compose):
    """The services that run our own code."""
    return {name: service for name, service in compose["services"].items() if service["image"] == "parley"}


def test_every_setting_is_described_and_every_description_is_a_setting():
    page = (ROOT / "docs/settings.md").read_text()
    described = set(re.findall(r"^\| `([A-Z_]+)` \|", page, re.MULTILINE))
    assert described == SETTINGS | {"HOST", "PORT"}


def test_the_stack_is_complete(compose, products):
    assert set(products) == {"prepare", "web", "live", "worker", "beat"}
    assert set(compose["services"]) == {*products, "proxy", "postgres", "redis"}


def test_services_get_only_settings_that_exist(products):
    for service in products.values():
        assert set(service["environment"]) <= SETTINGS
        assert {"SECRET_KEY", "CREDENTIALS_KEYS", "DATABASE_URL", "REDIS_URL"} <= set(service["environment"])


def test_the_settings_load_from_what_the_stack_gives(products):
    given = {
        name: re.sub(r"\$\{(\w+)[^}]*\}", lambda found: ENVIRONMENT.get(found[1], "name"), value)
        for name, value in products["web"]["environment"].items()
    }
    given["EMAIL_URL"] = "smtp+tls://user:password@mail.example.com:587"
    code = "from helpdesk import settings as s; print(s.EMAIL_USE_TLS, s.EMAIL_PORT, s.SESSION_COOKIE_SECURE, s.DEMO)"
    told = subprocess.run([sys.executable, "-c", code], env=given, cwd=ROOT, capture_output=True, text=True)
    assert told.stdout.split() == ["True", "587", "True", "False"], told.stderr


def test_what_must_be_filled_in_is_in_the_example():
    asked = set(re.findall(r"\$\{(\w+)", (ROOT / "docker-compose.yml").read_text()))
    offered = set(re.findall(r"^(\w+)=", (ROOT / "deploy/env.example").read_text(), re.MULTILINE))
    assert asked == offered


def test_references_lead_somewhere(compose, products):
    services = compose["services"]
    for service in services.values():
        assert set(service.get("depends_on", ())) <= set(services)
        for volume in service.get("volumes", ()):
            source = volume.split(":")[0]
            assert (ROOT / source).is_file() if source.startswith("./") else source in compose["volumes"]
    assert all((ROOT / service["build"]["dockerfile"]).is_file() for service in products.values())
    proxied = re.findall(r"reverse_proxy (\w+):(\d+)", (ROOT / "deploy/Caddyfile").read_text())
    assert set(proxied) == {("web", "8000"), ("live", "8001")}
    assert "--bind=0.0.0.0:8000" in (ROOT / "deploy/Dockerfile").read_text()


@pytest.mark.parametrize(("service", "words"), [("worker", ["celery", "worker"]), ("beat", ["celery", "beat"])])
def test_celery_understands_the_commands(products, service, words):
    command = products[service]["command"].split()
    asked = subprocess.run(
        [sys.executable, "-m", *command, "--help"], env=ENVIRONMENT, cwd=ROOT, capture_output=True, text=True
    )
    assert command[0] == words[0] and words[1] in command
    assert asked.returncode == 0 and "Usage" in asked.stdout, asked.stderr

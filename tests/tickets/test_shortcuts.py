"""The list of keys that `?` shows says what the scripts and buttons do."""

import re

import pytest
from django.conf import settings

ROOT = settings.BASE_DIR
PARTS = "templates/tickets/partials"


def listed(place: str) -> set[str]:
    page = (ROOT / "templates/partials/shortcuts.html").read_text()
    section = page.split(f'data-place="{place}"')[1].split("</section>")[0]
    terms = re.findall(r"<dt>(.*?)</dt>", section)
    return {key.lower() for term in terms if "Ctrl" not in term for key in re.findall(r"<kbd>(.*?)</kbd>", term)}


def scripted(*scripts: str) -> set[str]:
    found = set()
    for script in scripts:
        keys = re.search(r"const KEYS = \{\n(.*?)\n *\};", (ROOT / "static/js" / script).read_text(), re.DOTALL)
        found |= {key.lower() for key in re.findall(r"^ +'?([^':\s]+)'?: \(\) =>", keys[1], re.MULTILINE)}
    return found


def on_buttons(*templates: str) -> set[str]:
    return {key for name in templates for key in re.findall(r'aria-keyshortcuts="(.)"', (ROOT / name).read_text())}


@pytest.mark.parametrize(
    ("place", "scripts", "buttons", "besides"),
    [
        ("queue", ("queue-keys.js",), (f"{PARTS}/bulk.html", "templates/tickets/queue.html"), {"enter"}),
        ("ticket", ("ticket.js", "pane.js"), (f"{PARTS}/head.html",), set()),
    ],
)
def test_every_key_is_listed_where_it_works(place, scripts, buttons, besides):
    works = scripted(*scripts) - {"escape"} | on_buttons(*buttons)
    assert len(works) > 8
    assert listed(place) == works | besides

"""What the README and the other documents promise a stranger is there. `product` follows the README's first steps."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from django.core.management import get_commands

from runtime.bootstrap import ROOT

README = ROOT / "README.md"
DOCUMENTS = sorted([README, *ROOT.glob("docs/**/*.md")])


def commands_in(text: str) -> set[str]:
    return set(re.findall(r"(?<![\w/])bin/\w+", text))


def test_the_readme_begins_with_the_two_commands():
    text = README.read_text()
    first = re.search(r"```\n(.*?)```", text, re.S)
    assert first and text.index(first[0]) < 100
    assert [line.partition("#")[0].strip() for line in first[1].splitlines()] == ["bin/run", "bin/test"]


def test_the_second_command_tests_a_fresh_clone(product):
    command = product.command("test", "-n0", "tests/runtime/test_address.py")
    done = subprocess.run(command, env=product.environment, capture_output=True, text=True)
    assert done.returncode == 0 and " passed" in done.stdout, done.stdout + done.stderr


def test_the_readme_names_every_command_and_ci_runs_those_that_judge():
    there = {f"bin/{path.name}" for path in (ROOT / "bin").iterdir() if path.stat().st_mode & 0o111}
    assert commands_in(README.read_text()) == there
    assert commands_in((ROOT / ".ci" / "run").read_text()) == {"bin/check", "bin/test"}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_what_a_document_names_exists(document: Path):
    text = document.read_text()
    targets = [target.partition("#")[0] for target in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in target]
    assert [target for target in targets if not (document.parent / target).exists()] == []
    assert [name for name in commands_in(text) if not (ROOT / name).exists()] == []
    assert set(re.findall(r"(?:bin/manage|manage\.py) ([a-z_]+)", text)) <= {*get_commands()}

"""A backup of one installation becomes another, with what is encrypted still readable."""

from __future__ import annotations

import shutil
import stat
import subprocess

from .conftest import command, surroundings

FILL = """
from accounts.models import User
from tickets.models import Channel
from django.core.files.storage import default_storage
from django.core.files.base import ContentFile
User.objects.create_user("ada@acme.example", "Ada", "a long enough word 4711")
Channel.objects.create(kind="x", address="@acme", name="Acme", credentials={"access_token": "the secret"})
default_storage.save("pictures/one.txt", ContentFile(b"a picture"))
"""
SHOW = """
from accounts.models import User
from tickets.models import Channel
from django.core.files.storage import default_storage
print(User.objects.get().email, dict(Channel.objects.get().credentials))
print(default_storage.open("pictures/one.txt").read())
"""


def test_backup_and_restore(directory):
    there, here, saved = directory / "there", directory / "here", directory / "saved"

    def run(home, name, *arguments, **options):
        done = subprocess.run(
            command(name, *arguments), env=surroundings(home), capture_output=True, text=True, **options
        )
        return done.returncode, done.stdout, done.stderr

    assert run(there, "manage", "shell", "-v0", input=FILL)[0] == 0
    code, said, complaint = run(there, "backup", str(saved))
    assert code == 0 and "keep it apart" in said, complaint
    assert stat.S_IMODE(saved.stat().st_mode) == 0o700
    assert b"the secret" not in (saved / "database.dump").read_bytes()
    shutil.rmtree(there)

    code, said, complaint = run(here, "restore", str(saved))
    assert code == 0, complaint
    expected = "ada@acme.example {'access_token': 'the secret'}\nb'a picture'\n"
    assert run(here, "manage", "shell", "-v0", input=SHOW)[:2] == (0, expected)

    code, _, complaint = run(here, "restore", str(saved))
    assert code == 1 and "Add --replace" in complaint
    code, _, complaint = run(here, "backup", str(saved))
    assert code == 1 and "Name a new directory" in complaint


def test_half_a_backup_is_refused(directory):
    (directory / "saved").mkdir(parents=True)
    (directory / "saved" / "database.dump").touch()
    done = subprocess.run(
        command("restore", str(directory / "saved")),
        env=surroundings(directory / "here"),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert "is no whole backup: media.tar, secrets.env is missing" in done.stderr

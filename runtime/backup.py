"""`bin/backup`: one installation's database, media and secrets, written to a directory while it runs."""

import argparse
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

from psycopg2.extensions import parse_dsn

from runtime.engines import POSTGRES_BIN
from runtime.instance import Instance, chosen
from runtime.keeper import ServerError

DUMP, MEDIA, SECRETS = "database.dump", "media.tar", "secrets.env"
LIBPQ_NAMES = {
    "host": "PGHOST",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "dbname": "PGDATABASE",
    "sslmode": "PGSSLMODE",
}


class Refused(Exception):
    """Why it was not done, and how to mend that."""


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="bin/backup", description="Write database, media and secrets to a directory.")
    parser.add_argument("directory", type=Path, help="a new directory")
    target = parser.parse_args(arguments).directory
    instance = chosen()
    try:
        backup(target, instance)
    except (Refused, ServerError) as problem:
        sys.exit(str(problem))
    finally:
        instance.close()
    print(f"Backed up to {target}. {SECRETS} in it opens the channels' credentials: keep it apart from the rest.")


def backup(target: Path, instance: Instance) -> None:
    try:
        target.mkdir(parents=True, mode=0o700)
    except OSError as error:
        raise Refused(f"{target} cannot be made: {error.strerror}. Name a new directory.") from error
    url = instance.open()["DATABASE_URL"]
    # The database first: files are only ever added, so all that it names are in the later copy.
    postgres(url, "pg_dump", "--format=custom", "--no-owner", f"--file={target / DUMP}")
    media = instance.directory / "media"
    with tarfile.open(target / MEDIA, "w") as archive:
        if media.exists():
            archive.add(media, arcname="media")
    shutil.copy2(instance.secrets_file, target / SECRETS)


def postgres(url: str, program: str, *arguments: str) -> str:
    """What one of PostgreSQL's tools prints; the password goes through the environment, which others cannot read."""
    address = {LIBPQ_NAMES[name]: value for name, value in parse_dsn(url).items() if name in LIBPQ_NAMES}
    command = [str(POSTGRES_BIN / program), *arguments]
    done = subprocess.run(command, env=os.environ | address, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Refused(f"{program} failed:\n{done.stderr.strip()}")
    return done.stdout

"""`bin/restore`: makes an installation what it was when `bin/backup` wrote it."""

import argparse
import shutil
import sys
import tarfile
from pathlib import Path

from psycopg2.extensions import parse_dsn

from runtime.backup import DUMP, MEDIA, SECRETS, Refused, postgres
from runtime.instance import Instance, RunFile, chosen
from runtime.keeper import ServerError

HAS_TABLES = "select 1 from pg_tables where schemaname = 'public' limit 1"


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="bin/restore", description="Put back what bin/backup wrote.")
    parser.add_argument("directory", type=Path, help="what bin/backup wrote")
    parser.add_argument("--replace", action="store_true", help="lose what is there now")
    asked = parser.parse_args(arguments)
    # Never where the demo lives, which the next bin/run would fill up.
    instance = chosen(demo=False)
    try:
        restore(asked.directory, instance, replace=asked.replace)
    except (Refused, ServerError) as problem:
        sys.exit(str(problem))
    finally:
        instance.close()
    print(f"Restored into {instance.directory}. Start it with bin/run --no-demo.")


def restore(source: Path, instance: Instance, *, replace: bool) -> None:
    if missing := [name for name in (DUMP, MEDIA, SECRETS) if not (source / name).is_file()]:
        raise Refused(f"{source} is no whole backup: {', '.join(missing)} is missing.")
    if instance.secrets_file.exists() and not replace:
        raise Refused(f"{instance.directory} holds an installation already. Add --replace to lose it.")
    run_file = RunFile()
    lock = run_file.claim()
    if lock is None:
        raise Refused("Parley is running. Stop bin/run first.")
    instance.directory.mkdir(parents=True, exist_ok=True)
    shutil.copy2(source / SECRETS, instance.secrets_file)
    _restore_database(source / DUMP, instance.open()["DATABASE_URL"], replace=replace)
    shutil.rmtree(instance.directory / "media", ignore_errors=True)
    with tarfile.open(source / MEDIA) as archive:
        archive.extractall(instance.directory, filter="data")
    run_file.write(demo=False)


def _restore_database(dump: Path, url: str, *, replace: bool) -> None:
    if postgres(url, "psql", "-At", "-c", HAS_TABLES) and not replace:
        raise Refused("The database of DATABASE_URL is not empty. Add --replace to lose what it holds.")
    postgres(url, "psql", "-q", "-c", "drop schema public cascade", "-c", "create schema public")
    database = parse_dsn(url)["dbname"]
    postgres(url, "pg_restore", "--no-owner", "--single-transaction", f"--dbname={database}", str(dump))

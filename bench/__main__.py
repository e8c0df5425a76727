"""`bin/bench [name …]`: every benchmark, or those named, in a database of its own that vanishes afterwards."""

import importlib
import os
import pkgutil
import sys
from pathlib import Path

import django

NOT_ROWS = {"__main__", "measure", "bare"}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")
    os.environ.setdefault("LOG_LEVEL", "ERROR")
    django.setup()
    from django.conf import settings  # the apps must be loaded first
    from django.db import connection
    from django.test import override_settings

    known = {module.name for module in pkgutil.iter_modules([str(Path(__file__).parent)])} - NOT_ROWS
    names = sys.argv[1:] or sorted(known)
    if unknown := set(names) - known:
        sys.exit(f"There is no benchmark {', '.join(unknown)}. Known: {', '.join(sorted(known))}.")
    # Never the database that DATABASE_URL names: the benchmarks empty tables.
    own = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    # Static files as they lie there, without collecting them.
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    try:
        with override_settings(STORAGES=settings.STORAGES | {"staticfiles": plain}):
            for name in names:
                print(f"— {name}")
                for row in importlib.import_module(f"bench.{name}").main():
                    print(row, flush=True)
    finally:
        connection.creation.destroy_test_db(own, verbosity=0)


if __name__ == "__main__":
    main()

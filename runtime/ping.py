"""Exit code 0 when a Celery worker answers over the broker in REDIS_URL. Needs no Django, which saves a second."""

import os
import sys

from celery import Celery

if __name__ == "__main__":
    sys.exit(not Celery(broker=os.environ["REDIS_URL"]).control.ping(timeout=3, limit=1))

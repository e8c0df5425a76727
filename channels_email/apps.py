from celery.signals import worker_ready
from django.apps import AppConfig


class ChannelsEmailConfig(AppConfig):
    name = "channels_email"
    verbose_name = "Email"

    def ready(self) -> None:
        worker_ready.connect(_listen, weak=False, dispatch_uid="mailboxes")


def _listen(**_: object) -> None:
    from channels_email import watching  # models are there only now

    watching.start()

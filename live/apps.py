from django.apps import AppConfig


class LiveConfig(AppConfig):
    name = "live"
    verbose_name = "Live updates"

    def ready(self) -> None:
        from live import receivers  # connected once the apps are loaded
        from tickets.signals import tickets_changed

        tickets_changed.connect(receivers.tell_browsers, dispatch_uid="live")

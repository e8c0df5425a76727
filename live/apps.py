from django.apps import AppConfig


class LiveConfig(AppConfig):
    name = "live"
    verbose_name = "Live updates"

    def ready(self) -> None:
        from live import receivers  # connected once the apps are loaded
        from tickets.signals import calls_moved, clocks_moved, notified, tickets_changed

        notified.connect(receivers.tell_people, dispatch_uid="live")
        calls_moved.connect(receivers.tell_called, dispatch_uid="live")
        for signal in (tickets_changed, clocks_moved):
            signal.connect(receivers.tell_browsers, dispatch_uid="live")

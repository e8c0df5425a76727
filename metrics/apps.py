from importlib import import_module

from django.apps import AppConfig


class MetricsConfig(AppConfig):
    name = "metrics"
    verbose_name = "Measures"

    def ready(self) -> None:
        # By name, since models are not there yet when this module is read.
        import_module("metrics.receivers")

from django.apps import AppConfig


class CurtailmentConfig(AppConfig):
    name = "curtailment"
    verbose_name = "Curtailment"

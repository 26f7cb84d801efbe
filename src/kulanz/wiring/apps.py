from django.apps import AppConfig


class WiringConfig(AppConfig):
    name = "kulanz.wiring"
    label = "wiring"

    def ready(self) -> None:
        from kulanz.wiring import subscriptions

        subscriptions.install()

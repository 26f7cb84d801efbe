from django.apps import AppConfig
from django.db.models.signals import post_migrate


class InfraConfig(AppConfig):
    name = "kulanz.infra"
    label = "infra"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from kulanz.infra.locking_guards import no_guard_is_ignored

        post_migrate.connect(no_guard_is_ignored, sender=self)

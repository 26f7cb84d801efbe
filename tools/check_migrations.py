"""Fails when a model of ours was changed and its migration forgotten. Needs no running database."""

from __future__ import annotations

import os
import warnings

import django
from django.apps import apps
from django.conf import settings
from django.core.management import call_command


def main() -> None:
    """Compare models and migrations of our own rooms; those of other packages are not ours to write."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kulanz.wiring.settings")
    # Django would also ask the database. A pool would wait for one; without it Django warns and goes on.
    settings.DATABASES["default"].setdefault("OPTIONS", {}).pop("pool", None)
    warnings.filterwarnings("ignore", message="Got an error checking a consistent migration history")
    django.setup()
    rooms = [app.label for app in apps.get_app_configs() if app.name.startswith("kulanz.")]
    call_command("makemigrations", *rooms, check=True, dry_run=True)


if __name__ == "__main__":
    main()

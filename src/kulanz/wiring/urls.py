"""Every address of the house. The doors name their own views; nothing here decides anything."""

from __future__ import annotations

from django.urls import include, path

from kulanz.api.door import api
from kulanz.infra.health import healthz, readyz
from kulanz.portal.home import home

urlpatterns = [
    path("", include("kulanz.portal.urls")),
    path("desk/", include("kulanz.desk.urls")),
    path("agency/", include("kulanz.agency.urls")),
    path("api/v1/", api.urls),
    path("login/", include("allauth.urls")),
    path("language/", include("django.conf.urls.i18n")),
    path("home/", home, name="home"),
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
]

"""The machine door alone, at its place in the house."""

from django.urls import path

from kulanz.api.door import api

urlpatterns = [path("api/v1/", api.urls)]

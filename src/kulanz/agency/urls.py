"""The addresses of the agency."""

from __future__ import annotations

from django.urls import path

from kulanz.agency import orders

app_name = "agency"
urlpatterns = [path("", orders.orders, name="orders")]

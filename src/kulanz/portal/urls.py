"""The addresses of the portal."""

from __future__ import annotations

from django.urls import path

from kulanz.portal import account, claims, concerns, objections

app_name = "portal"
urlpatterns = [
    path("", concerns.start, name="start"),
    path("contact/", concerns.concerns, name="concerns"),
    path("contact/received/", concerns.received, name="received"),
    path("contact/<slug:topic>/", concerns.concern, name="concern"),
    path("account/", account.accounts, name="accounts"),
    path("account/<str:number>/", account.overview, name="account"),
    path("account/<str:number>/orders/", account.orders, name="orders"),
    path("account/<str:number>/payments/", account.payments, name="payments"),
    path("account/<str:number>/data/", account.data, name="data"),
    path("account/<str:number>/cases/<str:reference>/", account.case, name="case"),
    path("account/<str:number>/claims/<str:reference>/", claims.claim, name="claim"),
    path("account/<str:number>/claims/<str:reference>/object/", objections.reason, name="object"),
    path("account/<str:number>/claims/<str:reference>/object/<slug:kind>/", objections.words, name="object_words"),
    path("account/<str:number>/claims/<str:reference>/objection/", objections.received, name="objection"),
    path("account/<str:number>/claims/<str:reference>/proof/", objections.proof, name="proof"),
]

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
    # Customer and invoice numbers are the shop's own and may contain anything, slashes too: the bare one comes last.
    path("account/<path:number>/claims/<str:reference>/object/<slug:kind>/", objections.words, name="object_words"),
    path("account/<path:number>/claims/<str:reference>/object/", objections.reason, name="object"),
    path("account/<path:number>/claims/<str:reference>/objection/", objections.received, name="objection"),
    path("account/<path:number>/claims/<str:reference>/proof/", objections.proof, name="proof"),
    path("account/<path:number>/claims/<str:reference>/", claims.claim, name="claim"),
    path("account/<path:number>/cases/<str:reference>/", account.case, name="case"),
    path("account/<path:number>/holds/<str:reference>/end/", account.end_hold, name="end_hold"),
    path("account/<path:number>/orders/", account.orders, name="orders"),
    path("account/<path:number>/payments/", account.payments, name="payments"),
    path("account/<path:number>/data/", account.data, name="data"),
    path("account/<path:number>/", account.overview, name="account"),
]

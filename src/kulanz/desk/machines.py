"""What the shop's own systems may do: keys of the machine door, endpoints that are told of facts, what was given up."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from kulanz.desk.access import SecretPage, show_secret
from kulanz.desk.forms import EndpointForm, KeyForm
from kulanz.desk.frame import at_desk, desk_page
from kulanz.desk.paging import Pager, page_of
from kulanz.kernel.refusals import NotFound
from kulanz.machines.api import (
    ApiKey,
    Delivery,
    DeliveryState,
    Endpoint,
    UnusableEndpoint,
    create_endpoint,
    create_key,
    deliveries,
    retire_endpoint,
    revoke_key,
    tell_again,
)
from kulanz.parties.api import Permission, act_of, the_brand
from kulanz.ui.refusals import say


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Keys, endpoints, and deliveries that were given up."""

    keys: tuple[ApiKey, ...]
    endpoints: tuple[Endpoint, ...]
    given_up: tuple[Delivery, ...]
    pager: Pager
    key_form: KeyForm
    endpoint_form: EndpointForm


@at_desk(Permission.MANAGE_ACCESS)
def machines(request: HttpRequest) -> HttpResponseBase:
    """Everything about the machine door."""
    return _page(request)


def _page(
    request: HttpRequest,
    *,
    key_form: KeyForm | None = None,
    endpoint_form: EndpointForm | None = None,
) -> HttpResponse:
    given_up, pager = page_of(request, deliveries_given_up())
    page = Page(
        keys=tuple(ApiKey.objects.order_by("-created_at")),
        endpoints=tuple(Endpoint.objects.order_by("-created_at")),
        given_up=tuple(given_up),
        pager=pager,
        key_form=key_form or KeyForm(),
        endpoint_form=endpoint_form or EndpointForm(),
    )
    wrong = key_form is not None or endpoint_form is not None
    return desk_page(request, "machines.html", page, status=422 if wrong else 200)


def deliveries_given_up() -> QuerySet[Delivery]:
    """What the shop has not been told, although we tried for a day and a half; newest first."""
    return deliveries().filter(state=DeliveryState.GIVEN_UP, endpoint__active=True)


@at_desk(Permission.MANAGE_ACCESS)
@require_POST
def new_key(request: HttpRequest) -> HttpResponseBase:
    """A new key, shown once."""
    form = KeyForm(request.POST)
    if not form.is_valid():
        return _page(request, key_form=form)
    name = form.cleaned_data["name"]
    key = create_key(act_of(request, "created at the desk"), the_brand(), name)
    about = gettext("Put it into the settings of the system that uses it. We keep only its hash.")
    page = SecretPage(gettext("Key for %(name)s") % {"name": name}, about, gettext("Key"), key, "desk:machines")
    return show_secret(request, page)


@at_desk(Permission.MANAGE_ACCESS)
@require_POST
def end_key(request: HttpRequest, key_id: UUID) -> HttpResponseBase:
    """The key opens nothing any more."""
    key = ApiKey.objects.filter(pk=key_id).first()
    if key is None:
        raise NotFound(reference=str(key_id))
    revoke_key(act_of(request, "revoked at the desk"), key)
    messages.success(request, gettext("The key “%(name)s” opens nothing any more.") % {"name": key.name})
    return redirect("desk:machines")


@at_desk(Permission.MANAGE_ACCESS)
@require_POST
def new_endpoint(request: HttpRequest) -> HttpResponseBase:
    """A new endpoint; its signing secret is shown once."""
    form = EndpointForm(request.POST)
    if not form.is_valid():
        return _page(request, endpoint_form=form)
    try:
        endpoint = create_endpoint(act_of(request, "created at the desk"), the_brand(), form.cleaned_data["url"])
    except UnusableEndpoint as refusal:
        form.add_error("url", say(refusal))
        return _page(request, endpoint_form=form)
    about = gettext("The receiver checks our signature with it.")
    page = SecretPage(endpoint.url, about, gettext("Signing secret"), endpoint.secret, "desk:machines")
    return show_secret(request, page)


@at_desk(Permission.MANAGE_ACCESS)
@require_POST
def end_endpoint(request: HttpRequest, endpoint_id: UUID) -> HttpResponseBase:
    """It is told nothing any more."""
    endpoint = Endpoint.objects.filter(pk=endpoint_id).first()
    if endpoint is None:
        raise NotFound(reference=str(endpoint_id))
    retire_endpoint(act_of(request, "retired at the desk"), endpoint)
    messages.success(request, gettext("%(url)s is told nothing any more.") % {"url": endpoint.url})
    return redirect("desk:machines")


@at_desk(Permission.MANAGE_ACCESS)
@require_POST
def again(request: HttpRequest, delivery_id: UUID) -> HttpResponseBase:
    """The shop has mended its endpoint: tell it once more."""
    delivery = Delivery.objects.filter(pk=delivery_id).first()
    if delivery is None:
        raise NotFound(reference=str(delivery_id))
    tell_again(act_of(request, "the endpoint is mended"), delivery)
    messages.success(request, gettext("It is told again."))
    return redirect("desk:machines")

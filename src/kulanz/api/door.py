"""The routes of the machine door: what the shop's own systems may ask. Reads only.

A key opens the accounts of its own brand. What belongs to another brand looks as if it were not there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Annotated, Any, TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, URLResolver, re_path
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI
from ninja.errors import ValidationError
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation
from ninja.security import HttpBearer
from pydantic import Field

from kulanz.api.answers import (
    AccountHolds,
    AccountStory,
    ActiveHold,
    ClaimPage,
    ClaimRow,
    ClaimStory,
    DeliveryPage,
    DeliveryRow,
    Ways,
)
from kulanz.api.problems import CONTENT_TYPE, ERRORS, answer_to, not_allowed, not_found
from kulanz.explain.api import account_sentence, explain_account, explain_claim
from kulanz.holds.api import Hold, active_holds, permitted
from kulanz.kernel import clock
from kulanz.kernel.refusals import NotFound
from kulanz.ledger.api import Claim, ClaimState, claims_with_balance, find_claim, in_state, open_claims_of
from kulanz.machines.api import ApiKey, Delivery, DeliveryState, deliveries, key_of
from kulanz.parties.api import PUBLIC, Account, AccountKind, Brand, find_account

# What the test of the house reads where a view of the other doors names a permission.
KEY = "key"
M = TypeVar("M", bound=Model)
View = Callable[..., HttpResponseBase]
# What the database cannot even be asked for is refused before it is asked.
Reference = Annotated[str, Field(min_length=1, max_length=120, pattern=r"^[^\x00-\x1f]+$")]
Limit = Annotated[int, Field(ge=1, le=200)]


class BearerKey(HttpBearer):
    """A living key, presented as a bearer token."""

    def authenticate(self, request: HttpRequest, token: str) -> ApiKey | None:  # noqa: ARG002 - Ninja's signature
        return key_of(token)


class MachineDoor(NinjaAPI):
    """Ninja with our manners: every error is a problem document, and nothing personal stays in a cache."""

    def _get_urls(self) -> list[URLResolver | URLPattern]:
        patterns = super()._get_urls()
        for pattern in patterns:
            assert isinstance(pattern, URLPattern)
            is_public = pattern.name in {"openapi-json", "api-root"}
            pattern.callback = _well_mannered(pattern.callback, PUBLIC if is_public else KEY)
        return [*patterns, re_path(r"", _well_mannered(_nothing_here, PUBLIC))]

    def on_exception(self, request: HttpRequest, exc: Exception | type[Exception]) -> HttpResponse:
        return answer_to(request, exc if isinstance(exc, Exception) else exc())

    def get_openapi_operation_id(self, operation: Operation) -> str:
        return operation.view_func.__name__

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        """As Ninja writes it, made true: errors have their own content type, and nobody can send a null in a query."""
        document = super().get_openapi_schema(**options)
        for operations in document["paths"].values():
            for operation in operations.values():
                for parameter in operation["parameters"]:
                    _without_null(parameter["schema"])
                for status, answer in operation["responses"].items():
                    if int(status) >= 400:
                        [schema] = answer["content"].values()
                        answer["content"] = {CONTENT_TYPE: schema}
        return document


def _without_null(schema: dict[str, Any]) -> None:
    choices = [choice for choice in schema.pop("anyOf", []) if choice != {"type": "null"}]
    for choice in choices:
        schema.update(choice)


def _well_mannered(view: View, permission: str) -> View:
    """Answers that come from outside Ninja's routes become problem documents too; none is kept in a cache."""

    @wraps(view)
    def answered(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        try:
            answer = view(request, *args, **kwargs)
        except Http404:
            answer = not_found()
        if answer.status_code == 405:
            answer = not_allowed(answer.headers["Allow"])
        if permission == KEY:
            answer.headers["Cache-Control"] = "no-store"
        return answer

    answered.permission = permission  # type: ignore[attr-defined]  # read by the test of the house
    return answered


# Without the exemption a POST to an address that is not there would be answered by a page about cookies.
@csrf_exempt
def _nothing_here(*_request: object) -> HttpResponse:
    raise Http404


api = MachineDoor(
    title="Kulanz",
    version="1",
    description=(
        "What may this account do, and why? Every route wants a key as bearer token. Sentences come in German or "
        "English, as `Accept-Language` asks (German otherwise); codes, references and amounts never change with it."
    ),
    # No page of documentation: it would load its scripts from somebody else's server.
    docs_url=None,
    openapi_url="/openapi.json",
    urls_namespace="api",
    auth=BearerKey(),
)


def _brand(request: HttpRequest) -> Brand:
    key = request.auth  # type: ignore[attr-defined]  # set by Ninja from BearerKey
    assert isinstance(key, ApiKey)
    return key.brand


def _account(request: HttpRequest, reference: str) -> Account:
    """The one answer to "may this key see it?". The house account is nobody's to ask about."""
    account = find_account(reference, brand=_brand(request))
    if account.kind == AccountKind.HOUSE:
        raise NotFound(reference=reference)
    return account


def _claims(request: HttpRequest) -> QuerySet[Claim]:
    return claims_with_balance().filter(account__brand=_brand(request))


# Numbers are the shop's own and may contain anything, slashes too: the address with the bare number comes last.
@api.get("/accounts/{path:ref}/holds", response={200: AccountHolds, **ERRORS}, tags=["accounts"], by_alias=True)
def account_holds(request: HttpRequest, ref: Reference) -> AccountHolds:
    """What may this account do now, and why? Ask before offering a way to pay."""
    account = _account(request, ref)
    holds = [ActiveHold.of(hold, _claims_behind(hold)) for hold in active_holds(account.pk, on=clock.today())]
    sentence = " ".join(hold.sentence for hold in holds)
    return AccountHolds(
        account=account.number,
        sentence=sentence or account_sentence([], open_claims_of(account.pk)),
        may=Ways.of(permitted(account.pk, on=clock.today())),
        holds=holds,
    )


def _claims_behind(hold: Hold) -> Sequence[Claim]:
    """From what was fetched with the hold: the number of queries does not grow with the number of holds."""
    reasons = hold.living_reasons  # type: ignore[attr-defined]  # prefetched by active_holds
    return sorted((reason.claim for reason in reasons), key=lambda claim: (claim.due_on, claim.pk))


@api.get("/accounts/{path:ref}", response={200: AccountStory, **ERRORS}, tags=["accounts"])
def account_story(request: HttpRequest, ref: Reference) -> AccountStory:
    """The story of an account in one sentence, with what happened and what its holder can do."""
    return AccountStory.of(explain_account(_account(request, ref), on=clock.today()))


@api.get("/claims", response={200: ClaimPage, **ERRORS}, tags=["claims"])
def list_claims(
    request: HttpRequest,
    account: Reference | None = None,
    state: ClaimState | None = None,
    cursor: UUID | None = None,
    limit: Limit = 50,
) -> ClaimPage:
    """Claims of one account or of all, in one state or in any, newest first."""
    _only(request, "account", "state", "cursor", "limit")
    claims = _claims(request)
    if account is not None:
        claims = claims.filter(account__number=account)
    if state is not None:
        claims = in_state(claims, state)
    page, following = _page(claims, cursor, limit)
    return ClaimPage(claims=[ClaimRow.of(claim) for claim in page], next=following)


@api.get("/claims/{path:ref}", response={200: ClaimStory, **ERRORS}, tags=["claims"])
def claim_story(request: HttpRequest, ref: Reference) -> ClaimStory:
    """One claim by creditor reference or invoice number: what is open, and what became of the rest."""
    claim = find_claim(ref, brand=_brand(request))
    return ClaimStory.told(claim, explain_claim(claim))


@api.get("/deliveries", response={200: DeliveryPage, **ERRORS}, tags=["webhooks"])
def list_deliveries(
    request: HttpRequest,
    state: DeliveryState | None = None,
    cursor: UUID | None = None,
    limit: Limit = 50,
) -> DeliveryPage:
    """Webhooks of this shop, newest first. `state=given_up` lists what it has never been told, and why."""
    _only(request, "state", "cursor", "limit")
    rows: QuerySet[Delivery] = deliveries().filter(endpoint__brand=_brand(request))
    if state is not None:
        rows = rows.filter(state=state)
    page, following = _page(rows, cursor, limit)
    return DeliveryPage(deliveries=[DeliveryRow.of(row) for row in page], next=following)


def _only(request: HttpRequest, *names: str) -> None:
    """A filter with a slip of the pen in it would answer with everything, which is worse than no answer."""
    errors = [
        {"loc": ("query", name), "msg": "unknown parameter" if name not in names else "given more than once"}
        for name in request.GET
        if name not in names or len(request.GET.getlist(name)) > 1
    ]
    if errors:
        raise ValidationError(errors)


def _page(rows: QuerySet[M], cursor: UUID | None, limit: int) -> tuple[list[M], UUID | None]:
    """Newest first. The cursor is the last id seen: ids grow with time, so pages neither repeat nor skip a row."""
    if cursor is not None:
        rows = rows.filter(pk__lt=cursor)
    found = list(rows.order_by("-pk")[: limit + 1])
    page = found[:limit]
    return page, page[-1].pk if len(found) > limit else None

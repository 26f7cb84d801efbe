"""Every error of the machine door as a problem document (RFC 9457), in the language that was asked for."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext
from ninja.errors import AuthenticationError, ValidationError
from pydantic import BaseModel, Field

from kulanz.kernel.money import Money
from kulanz.kernel.refusals import NotFound, Refusal, SomebodyWasFaster
from kulanz.kernel.text import Phrase
from kulanz.ui.refusals import say, status_of

log = logging.getLogger("kulanz.api")

CONTENT_TYPE = "application/problem+json"


class Trouble(BaseModel):
    """One part of the request that cannot be used."""

    where: str = Field(description="For instance `query.limit`.")
    what: str = Field(description="What is wrong with it, in English.")


class Problem(BaseModel):
    """What went wrong, for a program (`code`, `fields`) and for a person (`title`, `detail`)."""

    type: str = Field(description="A name of this kind of problem; it leads nowhere.")
    title: str
    status: int
    detail: str
    code: str
    fields: dict[str, Any] = Field(description="The facts of the refusal; amounts as everywhere.")
    errors: list[Trouble]


ERRORS: Mapping[int, type[Problem]] = dict.fromkeys((401, 404, 422, 500), Problem)


def answer_to(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Every exception of every route ends here."""
    match exception:
        case Refusal():
            return _refused(exception)
        case ValidationError():
            return _invalid(exception)
        case AuthenticationError():
            return _key_missing()
        case Http404():
            return not_found()
        case _:
            return _bug(request, exception)


def problem(
    status: int,
    code: str,
    *,
    title: str,
    detail: str,
    fields: Mapping[str, object] | None = None,
    errors: Sequence[Trouble] = (),
) -> HttpResponse:
    """The answer itself."""
    document = Problem(
        type=f"urn:kulanz:problem:{code}",
        title=title,
        status=status,
        detail=detail,
        code=code,
        fields={name: _plain(fact) for name, fact in (fields or {}).items()},
        errors=list(errors),
    )
    content = json.dumps(document.model_dump(), ensure_ascii=False)
    return HttpResponse(content, status=status, content_type=CONTENT_TYPE)


def _plain(fact: object) -> object:
    """A fact of a refusal as JSON: amounts as everywhere in the API, days and moments as ISO 8601."""
    match fact:
        case None | bool() | int():
            return fact
        case Money():
            return fact.as_json()
        case Phrase():
            return fact.sentence % {name: _plain(value) for name, value in fact.fields.items()}
        case datetime() | date():
            return fact.isoformat()
        case UUID() | Decimal() | str():
            return str(fact)
        case _:
            return repr(fact)


def not_found() -> HttpResponse:
    """No such address, or nothing there: both look the same."""
    return problem(
        404,
        "not_found",
        title=gettext("We could not find this"),
        detail=gettext("There is nothing at this address. Check it against the description of the interface."),
    )


def not_allowed(allowed: str) -> HttpResponse:
    """The address is right, the method is not."""
    answer = problem(
        405,
        "method_not_allowed",
        title=gettext("This was not possible"),
        detail=gettext("This address answers to %(methods)s only.") % {"methods": allowed},
    )
    answer.headers["Allow"] = allowed
    return answer


def _refused(exception: Refusal) -> HttpResponse:
    title = gettext("This was not possible")
    if isinstance(exception, NotFound):
        title = gettext("We could not find this")
    elif isinstance(exception, SomebodyWasFaster):
        title = gettext("Somebody was faster")
    return problem(status_of(exception), exception.code, title=title, detail=say(exception), fields=exception.fields)


def _key_missing() -> HttpResponse:
    answer = problem(
        401,
        "key_missing",
        title=gettext("A key is needed"),
        detail=gettext(
            "Send a valid key in the header “Authorization: Bearer …”. An admin makes keys and revokes them."
        ),
    )
    answer.headers["WWW-Authenticate"] = 'Bearer realm="kulanz"'
    return answer


def _invalid(exception: ValidationError) -> HttpResponse:
    errors = [
        Trouble(where=".".join(str(part) for part in error["loc"]), what=error["msg"]) for error in exception.errors
    ]
    return problem(
        422,
        "request_invalid",
        title=gettext("This was not possible"),
        detail=gettext("The request cannot be read as it is. Each mistake is listed with its place."),
        errors=errors,
    )


def _bug(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Cannot be. The caller learns that it is our fault and nothing of how we look inside; the log tells us."""
    log.error("a bug at the machine door", exc_info=exception, extra={"facts": {"path": request.path}})
    return problem(
        500,
        "bug",
        title=gettext("We made a mistake"),
        detail=gettext("This is our fault, not yours. It has been recorded; nothing was changed. Try again later."),
    )

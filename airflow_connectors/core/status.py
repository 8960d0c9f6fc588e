"""HTTP statuses in the words of our errors: what was asked, what was answered, what to do."""

from __future__ import annotations

from http import HTTPStatus

from .errors import AuthError, ConnectorError, RateLimited, RejectedError, TransientError
from .limits import retry_after
from .redaction import excerpt
from .request import Response

REQUEST_IDS = ("x-request-id", "x-github-request-id", "x-arequestid", "x-slack-req-id", "x-correlation-id")

ADVICE = {
    HTTPStatus.UNAUTHORIZED: "the credentials are wrong or expired: correct the connection",
    HTTPStatus.FORBIDDEN: "the credentials lack a permission: see the integration's page for those it needs",
    HTTPStatus.NOT_FOUND: "there is no such thing, or the credentials may not see it",
    HTTPStatus.GONE: "it has been removed",
    HTTPStatus.UNPROCESSABLE_ENTITY: "the service does not accept these values",
}


def raise_for_status(response: Response) -> None:
    """Raise the error that says what to do about a status of 300 or more, except 304."""
    if response.status < HTTPStatus.MULTIPLE_CHOICES or response.status == HTTPStatus.NOT_MODIFIED:
        return
    kind = _kind(response)
    advice = ADVICE.get(HTTPStatus(response.status)) if kind in (AuthError, RejectedError) else None
    raise refusal(kind, response, str(response.status), excerpt(response.content), advice or "")


def refusal(kind: type[ConnectorError], response: Response, *said: str) -> ConnectorError:
    """An error about an answer: what was asked, what was said, and what the service's support asks for."""
    return kind(
        f"{response.request}: {', '.join(filter(None, said))}",
        status=response.status,
        request_id=request_id(response),
        retry_after=retry_after(response.headers),
    )


def request_id(response: Response) -> str | None:
    """The name under which the service's support finds this request."""
    return next(filter(None, map(response.headers.get, REQUEST_IDS)), None)


def _kind(response: Response) -> type[ConnectorError]:
    status = response.status
    if status == HTTPStatus.TOO_MANY_REQUESTS or _is_limit_in_disguise(response):
        return RateLimited
    if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        return AuthError
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in (
        HTTPStatus.REQUEST_TIMEOUT,
        HTTPStatus.TOO_EARLY,
    ):
        return TransientError
    return RejectedError


def _is_limit_in_disguise(response: Response) -> bool:
    # GitHub answers 403 for both of its limits:
    # https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit
    return response.status == HTTPStatus.FORBIDDEN and retry_after(response.headers) is not None

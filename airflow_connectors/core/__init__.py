"""The language an integration is written in. Knows nothing of Airflow or SQL."""

from .auth import ApiKey, BasicAuth, BearerToken
from .client import Client, Usage
from .cursor import (
    Cursor,
    Order,
    Param,
    Window,
    epoch,
    epoch_ms,
    from_epoch,
    from_epoch_ms,
    from_iso,
    iso,
)
from .errors import (
    AuthError,
    ConfigError,
    ConnectorError,
    DataError,
    RateLimited,
    RejectedError,
    TransientError,
    UnreachableError,
)
from .limits import RateLimit
from .lookahead import Lookahead
from .middleware import Flow, Handler, Middleware, Wait
from .pages import LinkHeader, NextToken, NextUrl, Offset, OnePage, PageNumber, Pages
from .paths import dig
from .reading import read
from .request import Request, Response, delete, get, patch, post, put
from .status import raise_for_status, refusal
from .stream import Follow, Page, Partition, Record, Stream

__all__ = [
    "ApiKey",
    "AuthError",
    "BasicAuth",
    "BearerToken",
    "Client",
    "ConfigError",
    "ConnectorError",
    "Cursor",
    "DataError",
    "Flow",
    "Follow",
    "Handler",
    "LinkHeader",
    "Lookahead",
    "Middleware",
    "NextToken",
    "NextUrl",
    "Offset",
    "OnePage",
    "Order",
    "Page",
    "PageNumber",
    "Pages",
    "Param",
    "Partition",
    "RateLimit",
    "RateLimited",
    "Record",
    "RejectedError",
    "Request",
    "Response",
    "Stream",
    "TransientError",
    "UnreachableError",
    "Usage",
    "Wait",
    "Window",
    "delete",
    "dig",
    "epoch",
    "epoch_ms",
    "from_epoch",
    "from_epoch_ms",
    "from_iso",
    "get",
    "iso",
    "patch",
    "post",
    "put",
    "raise_for_status",
    "read",
    "refusal",
]

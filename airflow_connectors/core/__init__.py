"""The language an integration is written in. Knows nothing of Airflow or SQL."""

from .auth import ApiKey, BasicAuth, BearerToken
from .client import Client, Usage
from .cursor import Cursor, Order, Param, Span, Window
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
from .lists import Record
from .lookahead import Lookahead
from .middleware import Flow, Handler, Middleware, Wait
from .moments import (
    Parsed,
    Written,
    day,
    epoch,
    epoch_ms,
    epoch_s,
    from_epoch,
    from_epoch_ms,
    from_http_date,
    from_iso,
    http_date,
    iso,
    iso_ms,
    iso_offset,
)
from .pages import LinkHeader, NextToken, NextUrl, Offset, OnePage, PageNumber, Pages
from .partitions import Partition, Place
from .paths import dig
from .reading import read
from .request import Request, Response, delete, get, patch, post, put
from .status import raise_for_status, refusal
from .stream import Follow, Page, Stream

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
    "Parsed",
    "Partition",
    "Place",
    "RateLimit",
    "RateLimited",
    "Record",
    "RejectedError",
    "Request",
    "Response",
    "Span",
    "Stream",
    "TransientError",
    "UnreachableError",
    "Usage",
    "Wait",
    "Window",
    "Written",
    "day",
    "delete",
    "dig",
    "epoch",
    "epoch_ms",
    "epoch_s",
    "from_epoch",
    "from_epoch_ms",
    "from_http_date",
    "from_iso",
    "get",
    "http_date",
    "iso",
    "iso_ms",
    "iso_offset",
    "patch",
    "post",
    "put",
    "raise_for_status",
    "read",
    "refusal",
]

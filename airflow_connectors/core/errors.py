"""
Errors, grouped by what the caller should do about them.

ConnectorError
├── TransientError       try again
│   ├── RateLimited      try again, not before `retry_after` seconds
│   └── UnreachableError try again, also what must not be sent twice: nothing was sent
├── RejectedError        do not try again: the service understood and refused
│   └── AuthError        fix the connection
├── DataError            the answer, or a record in it, is not what was declared
└── ConfigError          fix the DAG or the connection

A message says what was attempted, what was answered and what to do. Programs read the attributes.
"""

from __future__ import annotations


class ConnectorError(Exception):
    """Anything that goes wrong between us and a service or a destination."""

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        request_id: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.request_id = request_id
        self.retry_after = retry_after


class TransientError(ConnectorError):
    """Worth another attempt; the service may or may not have acted on this one."""


class UnreachableError(TransientError):
    """The request never left: no name, no route, no connection."""


class RateLimited(TransientError):
    """The service asked us to slow down and did not act; `retry_after` is in seconds."""


class RejectedError(ConnectorError):
    """Another attempt would get the same answer."""


class AuthError(RejectedError):
    """The credentials are wrong, expired or too weak."""


class DataError(ConnectorError):
    """The service answered something that its declaration here does not allow."""


class ConfigError(ConnectorError):
    """The DAG or the connection asks for something that does not exist or makes no sense."""

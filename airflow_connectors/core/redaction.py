"""What a service said, made safe to repeat in a log or an error."""

from __future__ import annotations

import re

LIMIT = 200
SCHEME = r"(?:bearer|basic|token)\s+"
NAMED = r"""["']?[\w-]*(?:token|secret|password|passwd|api_?key|authorization)[\w-]*["']?\s*[=:]\s*["']?"""
SECRET = re.compile(rf"""((?:{NAMED})(?:{SCHEME})?|(?:bearer|basic)\s+)[^\s"'&,;}}]+""", re.IGNORECASE)


def redact(text: str) -> str:
    """Replace what looks like a credential by `***`."""
    return SECRET.sub(r"\1***", text)


def excerpt(body: bytes | str) -> str:
    """The beginning of a body, on one line and without credentials."""
    text = body.decode("utf-8", "replace") if isinstance(body, bytes) else body
    short = redact(" ".join(text[: LIMIT * 4].split()))
    return short if len(short) <= LIMIT else f"{short[:LIMIT]}…"

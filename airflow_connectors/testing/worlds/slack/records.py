"""Slack's objects: https://docs.slack.dev/reference/objects"""

from __future__ import annotations

from datetime import datetime
from random import Random
from typing import Any

from airflow_connectors.core import Record

TEAM = "T0SIMULATED"
NAMES = ("ada", "björn", "chioma", "dmitri", "esra", "fatima", "goro")
TEXTS = ("Deployed 🚀", "Läuft der Ladejob?", "See <https://example.com|the runbook>", "¡Listo!", "")


def user_id(number: int) -> str:
    return f"U{number:08d}"


def user(number: int, at: datetime) -> Record:
    """The `number`th member; every fifth is deactivated, every sixth a bot without an address."""
    name = f"{NAMES[number % len(NAMES)]}{number}"
    address = {} if number % 6 == 0 else {"email": f"{name.encode('ascii', 'ignore').decode()}@example.com"}
    return {
        "id": user_id(number),
        "team_id": TEAM,
        "name": name,
        "deleted": number % 5 == 0,
        "real_name": f"{name.title()} Ünïcode",
        "tz": "Atlantic/Reykjavik" if number % 2 else None,
        "profile": {
            "real_name": name.title(),
            "display_name": name,
            "status_text": "",
            "title": None,
            **address,
        },
        "is_admin": number == 1,
        "is_bot": number % 6 == 0,
        "is_app_user": False,
        "updated": int(at.timestamp()),
    }


def channel(identity: str, number: int, at: datetime) -> Record:
    """As `users.conversations` shows one; every third is private, every seventh archived."""
    is_private = number % 3 == 0
    said = {"value": "", "creator": "", "last_set": 0}
    return {
        "id": identity,
        "name": f"kanal-{number}",
        "name_normalized": f"kanal-{number}",
        "is_channel": True,
        "is_group": False,
        "is_im": False,
        "is_mpim": False,
        "is_private": is_private,
        "is_archived": number % 7 == 0,
        "is_general": number == 1,
        "is_shared": False,
        "created": int(at.timestamp()),
        "creator": user_id(1),
        "topic": {**said, "value": "Daten & Fakten"} if number % 2 else said,
        "purpose": said,
        "previous_names": [],
        "parent_conversation": None,
        "context_team_id": TEAM,
    }


def message(ts: str, random: Random, **told: Any) -> Record:
    text = told.get("text", random.choice(TEXTS))
    section = {"type": "section", "block_id": f"b{ts[-6:]}", "text": {"type": "mrkdwn", "text": text or "…"}}
    return {
        "type": "message",
        "user": user_id(1 + random.randrange(3)),
        "ts": ts,
        "team": TEAM,
        "text": text,
        "blocks": [section],
        **told,
    }

"""Steering a simulator in another process: mutate its world, let it fail, ask what it was asked."""

from __future__ import annotations

from dataclasses import asdict

from .exchange import Answer, Asked, Refused
from .service import Service

PATH = "/_simulator"


class Controlled:
    """
    A service that also answers under `/_simulator`: POST mutate, POST fail, GET requests.

    `curl -X POST "$URL/_simulator/mutate?share=0.01"` changes a hundredth of the world.
    """

    def __init__(self, service: Service) -> None:
        self.service = service
        self._actions = {"mutate": self._mutate, "fail": self._fail, "requests": self._requests}

    def answer(self, asked: Asked) -> Answer:
        if not asked.path.startswith(f"{PATH}/"):
            return self.service.answer(asked)
        action = self._actions.get(asked.path.removeprefix(f"{PATH}/"))
        try:
            return action(asked) if action else Answer.of({"actions": list(self._actions)}, 404)
        except (Refused, KeyError, ValueError) as error:
            return Answer.of({"message": f"{asked.path}: {error!r}"}, 400)

    def _mutate(self, asked: Asked) -> Answer:
        changes = self.service.world.mutate(float(asked.fields.get("share", 0.01)))
        return Answer.of({name: asdict(change) for name, change in changes.items()})

    def _fail(self, asked: Asked) -> Answer:
        wanted = asked.fields
        body = str(wanted["body"]).encode() if "body" in wanted else None
        self.service.fail(
            int(wanted["status"]),
            int(wanted.get("times", 1)),
            headers=dict(wanted.get("headers", {})),
            body=body,
            path=str(wanted.get("path", "")),
        )
        return Answer(204)

    def _requests(self, asked: Asked) -> Answer:
        return Answer.of({"count": len(self.service.requests), "spent": self.service.world.spent})

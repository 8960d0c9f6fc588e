'''
A world per integration: who wants to simulate another service writes one of these and nothing else.

    class AsanaWorld(World):
        """A workspace of projects and tasks."""

        integration = "asana"                      # the folder that declares the streams
        home = "https://app.asana.com"             # the address that links in records begin with
        sizes = {"projects": 3, "tasks": 250}      # records per stream and partition, in the order of making
        places = {"workspaces": ("1200", "1201")}  # the values of the partition option of that name

        def tasks(self, draft: Draft) -> Record:   # one method per stream, of the stream's name
            moved = iso(draft.later())
            return {"gid": str(draft.number), "name": draft.random.choice(NAMES), "modified_at": moved}

        def change(self, stream: Stream, record: Record) -> None:   # what `mutate` alters
            record["name"] += " (again)"

It lives in a module or package of that name, where `airflow-connectors simulate asana` finds it.

Routes, paging, windows, order, credentials and faults come from the integration's declarations. What those
do not say is a method of `Manners` to override: `routes` for single objects, writes and second steps, `error`
for the service's words, `envelope` for what it puts around a page, `is_wanted` for filters of its own. State
lives in tables: a route that writes calls `self.add`, `self.update` or `self.delete`, others `self.find`.

All chance comes from `draft.random` and `self.random`, all time from `draft` and `self.clock`: the same seed
makes the same world. Links in records begin with `self.url`, so that they lead back to the simulator.
'''

from __future__ import annotations

from importlib import import_module

from airflow_connectors.testing.world import World


def world_of(integration: str) -> type[World]:
    """The world class of an integration. Raises ImportError where nobody has written one."""
    found = vars(import_module(f"{__name__}.{integration}")).values()
    kinds = (item for item in found if isinstance(item, type) and issubclass(item, World))
    return next(kind for kind in kinds if getattr(kind, "integration", "") == integration)

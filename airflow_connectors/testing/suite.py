"""The tests that every integration has to pass, against its own simulator."""

from __future__ import annotations

import json
import logging
import re
import sys
from collections.abc import Iterator, Sequence
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Any, ClassVar

import pytest
from airflow._shared.secrets_masker import should_hide_value_for_key

from airflow_connectors.core import ConnectorError, DataError, OnePage, Order, Page, Window, read

from .simulator import Simulator
from .table import Key
from .world import World, now
from .worlds import world_of

CANARY = "canary-3f9c2a"
KINDS = ("Operator", "Sensor", "Notifier")
REFUSALS = (400, 401, 403, 404, 422, 500)
HTML = {"content-type": "text/html"}


class IntegrationSuite:
    """
    Subclass it as `TestGitHub` and set `hook_class`; `sizes` go to the world, which `world` may make instead.

    A subclass's own tests use the same fixtures: `simulator`, and `hook`, which is connected to it.
    """

    hook_class: ClassVar[type[Any]]
    sizes: ClassVar[dict[str, Any]] = {}
    page_size: ClassVar[int] = 5

    @classmethod
    def world(cls) -> World:
        return world_of(cls.hook_class.name)(**cls.sizes)

    @classmethod
    def pytest_generate_tests(cls, metafunc: pytest.Metafunc) -> None:
        streams = cls.hook_class.streams.values()
        values: dict[str, Sequence[Any]] = {
            "stream": list(cls.hook_class.streams),
            "paged_stream": [found.name for found in streams if not isinstance(found.pages, OnePage)],
            "moving_stream": [found.name for found in streams if found.cursor],
            "status": REFUSALS,
        }
        for name in values.keys() & set(metafunc.fixturenames):
            metafunc.parametrize(name, values[name])

    @pytest.fixture(scope="class")
    @classmethod
    def simulator(cls) -> Iterator[Simulator]:
        with Simulator(cls.hook_class, cls.world(), token=CANARY, page_size=cls.page_size) as running:
            yield running

    @pytest.fixture
    def hook(self, simulator: Simulator, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
        variable = f"AIRFLOW_CONN_{self.hook_class.default_conn_name.upper()}"
        monkeypatch.setenv(variable, simulator.connection())
        hook = self.hook_class()
        yield hook
        hook.close()

    @pytest.fixture
    def stranger(self, hook: Any, simulator: Simulator, monkeypatch: pytest.MonkeyPatch) -> Any:
        """A hook whose secrets are wrong."""
        wrong = simulator.connection().replace(CANARY, "wrong")
        monkeypatch.setenv(f"AIRFLOW_CONN_{self.hook_class.default_conn_name.upper()}", wrong)
        return hook

    def pages(self, hook: Any, simulator: Simulator, stream: str, window: Window | None = None) -> list[Page]:
        """The pages of a stream's first partition."""
        place = simulator.world.partitions(stream)[0]
        return list(read(hook.streams[stream], hook.client.send, window or Window(None, now()), place))

    def keys(self, hook: Any, stream: str, pages: list[Page]) -> list[Key]:
        names = hook.streams[stream].key
        return sorted(tuple(record[name] for name in names) for page in pages for record in page.records)

    def moments(self, hook: Any, stream: str, pages: list[Page]) -> list[datetime]:
        cursor = hook.streams[stream].cursor
        return [cursor.of(head) for page in pages for head in page.heads]

    def test_every_record_is_read_exactly_once(self, hook: Any, simulator: Simulator, stream: str) -> None:
        world = simulator.world
        pages = self.pages(hook, simulator, stream)
        assert self.keys(hook, stream, pages) == sorted(world.keys(stream, world.partitions(stream)[0]))

    def test_reading_goes_over_several_pages(
        self, hook: Any, simulator: Simulator, paged_stream: str
    ) -> None:
        assert len(self.pages(hook, simulator, paged_stream)) > 1

    def test_every_record_has_its_primary_key(self, hook: Any, simulator: Simulator, stream: str) -> None:
        pages = self.pages(hook, simulator, stream)
        assert all(None not in key for key in self.keys(hook, stream, pages))

    def test_cursors_can_be_read_and_are_in_order(
        self, hook: Any, simulator: Simulator, moving_stream: str
    ) -> None:
        moments = self.moments(hook, moving_stream, self.pages(hook, simulator, moving_stream))
        order = hook.streams[moving_stream].order
        ordered = sorted(moments, reverse=order is Order.NEWEST_FIRST)
        assert moments == (moments if order is Order.NONE else ordered)

    def test_the_second_read_asks_only_for_what_is_newer(
        self, hook: Any, simulator: Simulator, moving_stream: str
    ) -> None:
        pages = self.pages(hook, simulator, moving_stream)
        newest = max(self.moments(hook, moving_stream, pages))
        again = self.pages(hook, simulator, moving_stream, Window(newest, now()))
        assert len(again) < len(pages)
        if hook.streams[moving_stream].cursor.since:  # links of some services forget the window after page 1
            assert min(self.moments(hook, moving_stream, again[:1]), default=newest) >= newest

    def test_an_answer_that_is_cut_off_is_bad_data(
        self, hook: Any, simulator: Simulator, stream: str
    ) -> None:
        simulator.fail(200, body=b'{"id": 1, "name": "cut o')
        with pytest.raises(DataError, match="not JSON"):
            self.pages(hook, simulator, stream)

    def test_a_login_page_is_bad_data(self, hook: Any, simulator: Simulator, stream: str) -> None:
        simulator.fail(200, headers=HTML, body=b"<!doctype html><title>Sign in</title>")
        with pytest.raises(DataError, match="text/html"):
            self.pages(hook, simulator, stream)

    def test_a_rate_limit_is_waited_out(self, hook: Any, simulator: Simulator) -> None:
        simulator.fail(429, headers={"retry-after": "1"})
        assert hook.test_connection()[0]
        assert hook.client.usage.waited == 1

    def test_a_failure_in_passing_is_tried_again(self, hook: Any, simulator: Simulator) -> None:
        simulator.fail(503, times=1)
        assert hook.test_connection()[0]
        assert hook.client.usage.requests == 2

    def test_the_connection_works(self, hook: Any) -> None:
        assert hook.test_connection() == (True, f"{hook.hook_name} answers and accepts the credentials")

    def test_wrong_credentials_are_told_as_such(self, stranger: Any) -> None:
        is_fine, said = stranger.test_connection()
        assert is_fine or re.search("correct the (connection|token)", said)
        assert is_fine != bool(self.secrets())

    def test_secrets_have_names_that_airflow_masks(self) -> None:
        assert all(name == "password" or should_hide_value_for_key(name) for name in self.secrets())

    def secrets(self) -> list[str]:
        return [name for name, field in self.hook_class.form.fields.items() if field.secret]

    def test_a_secret_is_in_no_error_log_or_repr(
        self, hook: Any, simulator: Simulator, status: int, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        simulator.fail(
            status, body=json.dumps({"message": "no", "authorization": f"Bearer {CANARY}"}).encode()
        )
        impatient = self.hook_class(patience=0)
        with pytest.raises(ConnectorError) as caught:
            impatient.request(self.hook_class.ping)
        told = [str(caught.value), repr(caught.value), repr(impatient), repr(vars(impatient)), caplog.text]
        impatient.close()
        assert not [text for text in told if CANARY in text]

    def test_every_operator_and_sensor_is_tested(self) -> None:
        module = import_module(self.hook_class.__module__.rpartition(".")[0])
        here = Path(str(sys.modules[type(self).__module__].__file__)).parent
        tests = " ".join(file.read_text() for file in here.glob("test_*.py"))
        public = [name for name in module.__all__ if name.endswith(KINDS)]
        untested = ", ".join(name for name in public if not re.search(rf"\b{name}\b", tests))
        assert untested == ""

"""Who may name which engine, and what the named or routed one refuses before anything is charged."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from engines.still import STILL
from oxreel import accounts
from oxreel.bootstrap import Hub, open_hub
from oxreel.db import generations
from oxreel.engines import registry
from oxreel.errors import Forbidden, InvalidParams, WrongSetting
from oxreel.generations import change
from oxreel.generations.estimate import estimate
from oxreel.generations.generation import Generation
from oxreel.generations.order import read_order
from oxreel.generations.submit import Request, submit
from oxreel.settings import Settings

TEXT, EDIT, OMNI = "kling-video-o3-pro-text-to-video", "kling-video-o3-pro-video-to-video-edit", "kling-video-o3-omni"
LAKE: dict[str, Any] = {"model": TEXT, "prompt": "A quiet lake", "duration": 3}
NIGHT: dict[str, Any] = {"model": EDIT, "prompt": "make it night", "input_video": "https://example.com/a.mp4"}


class Desk:
    """A hub with a second engine, and somebody who sends requests to it."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        with hub.database.snapshot() as tx:
            self.caller = accounts.authenticate(tx, hub.settings.key_file.read_text())

    def order(self, *, check_now: bool = True, **body: Any) -> Generation:
        request = Request(read_order(body), self.caller, own_host="testserver", check_now=check_now)
        [made] = submit(self.hub, request)
        return made

    def estimate(self, **body: Any) -> Any:
        return estimate(self.hub, self.caller, read_order(body), "testserver")

    def let(self, engines: list[str] | None) -> None:
        with self.hub.database.transaction() as tx:
            accounts.set_engines(tx, self.caller.user.id, engines)

    @property
    def rows(self) -> int:
        with self.hub.database.snapshot() as tx:
            return int(tx.execute(sa.select(sa.func.count()).select_from(generations)).scalar_one())


OpenDesk = Callable[..., Any]


@pytest.fixture
def desk(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> OpenDesk:
    """Opens a desk with settings: `with desk(request_engines=("still",)) as one`."""
    monkeypatch.setitem(registry.BUILT_IN, "still", STILL)

    @contextmanager
    def opened(**settings: Any) -> Iterator[Desk]:
        chosen = {"data_dir": tmp_path / "data", "database_url": database_url, "engines": ("still",), **settings}
        hub = open_hub(Settings(**chosen))
        try:
            yield Desk(hub)
        finally:
            hub.close()

    return opened


def test_by_default_requests_may_name_every_engine_of_the_hub(desk: OpenDesk) -> None:
    with desk() as one:
        assert one.order(**LAKE).engine == "animatic"
        assert one.order(**LAKE, engine="still").engine == "still"
        assert one.order(**LAKE, engine="still", preview=True).engine == "animatic"
        assert one.estimate(**LAKE, engine="still").engine == "still"


def test_the_settings_narrow_it_and_what_the_database_says_of_an_account_counts_first(desk: OpenDesk) -> None:
    with desk(request_engines=("animatic",)) as one:
        for ask in (one.order, one.estimate):
            with pytest.raises(Forbidden, match="'local' may not name 'still'; it may name animatic, or leave"):
                ask(**LAKE, engine="still")
        one.let(["still"])
        assert one.order(**LAKE, engine="still").engine == "still"
        with pytest.raises(Forbidden, match="it may name still"):
            one.order(**LAKE, engine="animatic")
        one.let([])
        with pytest.raises(Forbidden, match="it may name none"):
            one.order(**LAKE, engine="still")
        one.let(None)
        assert one.order(**LAKE, engine="animatic").engine == "animatic"
        with pytest.raises(InvalidParams, match="no engine 'fal' on this hub"):
            one.order(**LAKE, engine="fal")
        assert one.rows == 2


def test_an_organization_that_pays_has_a_say_of_its_own(desk: OpenDesk) -> None:
    with desk() as one:
        with one.hub.database.transaction() as tx:
            acme = accounts.create_organization(tx, "acme")
            accounts.add_member(tx, "acme", "local")
            accounts.set_engines(tx, acme.id, ["animatic"])
        member = Desk(one.hub)
        with pytest.raises(Forbidden, match="'acme' may not name 'still'"):
            member.order(**LAKE, engine="still", target_namespace="acme")
        assert member.order(**LAKE, engine="still").engine == "still"


def test_requests_may_name_no_engine_where_the_settings_say_none(desk: OpenDesk) -> None:
    with desk(request_engines=("none",), routes={TEXT: "still"}) as one:
        assert one.order(**LAKE).engine == "still"
        with pytest.raises(Forbidden):
            one.order(**LAKE, engine="still")


def test_a_hub_does_not_start_when_requests_may_name_what_it_does_not_have(desk: OpenDesk) -> None:
    with (
        pytest.raises(WrongSetting, match="OXREEL_REQUEST_ENGINES: there is no engine 'fal'"),
        desk(request_engines=("fal",)),
    ):
        pass


def test_a_request_goes_where_its_route_leads_by_its_tier(desk: OpenDesk) -> None:
    omni: dict[str, Any] = {"model": OMNI, "prompt": "A quiet lake"}
    with desk(routes={f"{OMNI}/4k": "still"}) as one:
        assert one.order(**omni).engine == "animatic"
        assert one.order(**omni, resolution="4k").engine == "still"
        assert one.estimate(**omni, resolution="4k").engine == "still"
        # What cannot be read goes by the model's own route, and fails when it runs.
        assert one.order(check_now=False, **omni, resolution="8k").engine == "animatic"


def test_what_the_engine_would_film_otherwise_is_refused_before_anything_is_held(desk: OpenDesk) -> None:
    with desk() as one:
        for ask in (one.order, one.estimate):
            with pytest.raises(InvalidParams, match="This engine changes no videos"):
                ask(**NIGHT, engine="still")
        assert one.rows == 0
        assert one.order(**NIGHT).engine == "animatic"
        # The queue checks late where nobody asks for more.
        assert one.order(check_now=False, **NIGHT, engine="still").engine == "still"


def test_the_warnings_of_the_engine_that_would_film_are_in_the_estimate(desk: OpenDesk) -> None:
    with desk(routes={TEXT: "still"}) as one:
        assert one.estimate(**LAKE, generate_audio=True).warnings == ["It makes no sound."]
        assert "This is an animatic" in one.estimate(**LAKE, generate_audio=True, preview=True).warnings[0]


def test_a_retry_goes_where_the_routes_lead_now_and_names_only_what_it_still_may(
    desk: OpenDesk, database_url: str
) -> None:
    with desk() as before:
        routed, named = before.order(**LAKE), before.order(**LAKE, engine="still")
    with desk(routes={TEXT: "still"}) as after:
        assert change.retry(after.hub, after.caller, routed.id, "testserver").engine == "still"
        after.let(["animatic"])
        with pytest.raises(Forbidden, match="may not name 'still'"):
            change.retry(after.hub, after.caller, named.id, "testserver")

"""Who stands as the creator of a task when a custom application acts for its users."""

from __future__ import annotations

from procession.settings import Settings
from serving import Served, serving

from .conftest import Oneweb, done, open_hotel


def test_a_task_is_created_by_who_completed_the_one_before_not_by_their_service(
    served: Served, ann: Oneweb
) -> None:
    robot = Oneweb(served, "robot")
    instance = ann.start("Booking Room")
    (first,) = ann.tasks(instance)
    assert first["createBy"] == "ann"

    done(robot.post(f"/tasks/{first['id']}/complete", {"RoomObject": {}}, user="ann"))

    after = Oneweb(served, "admin").tasks(instance)
    assert {task["createBy"] for task in after} == {"ann"}


def test_in_trusted_mode_tasks_are_created_by_the_user_named() -> None:
    settings = Settings(oneweb_auth_mode="trusted")
    with open_hotel(settings) as engine, serving(engine) as served:
        stranger = Oneweb(served, None)
        answer = stranger.post("/process/start", {"processName": "One Task"}, user="ann")

        (task,) = stranger.tasks(done(answer))

        assert task["createBy"] == "ann"

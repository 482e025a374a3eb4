"""Taking tasks and giving them back (check list 38 to 49)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from procession.settings import Settings
from serving import Served, serving

from .conftest import ROOT, Oneweb, done, open_hotel, refused


def names(tasks: list[dict[str, object]]) -> list[object]:
    return [task["id"] for task in tasks]


def test_row_038_no_header_and_no_body_is_needed(ann: Oneweb) -> None:
    task = ann.task("One Task")

    done(ann.http.request("POST", f"{ROOT}/tasks/{task}/claim?user=ann"))


def test_row_039_the_assignee_is_set_and_others_no_longer_list_it(ann: Oneweb, bob: Oneweb) -> None:
    instance = ann.start("One Task")
    (task,) = names(ann.tasks(instance))
    assert task in names(bob.get("/tasks", user="bob").json()["data"])

    done(ann.post(f"/tasks/{task}/claim", user="ann"))

    assert ann.tasks(instance)[0]["assignee"] == "ann"
    assert task in names(ann.get("/tasks", user="ann").json()["data"])
    assert task not in names(bob.get("/tasks", user="bob").json()["data"])


def test_row_040_claiming_again_changes_nothing(ann: Oneweb) -> None:
    task = ann.task("One Task")

    done(ann.post(f"/tasks/{task}/claim", user="ann"))
    done(ann.post(f"/tasks/{task}/claim", user="ann"))


def test_row_041_anothers_task_cannot_be_claimed(ann: Oneweb, bob: Oneweb) -> None:
    task = ann.task("One Task")
    done(ann.post(f"/tasks/{task}/claim", user="ann"))

    refused(bob.post(f"/tasks/{task}/claim", user="bob"), 40901)


def test_row_042_who_is_no_candidate_may_not_claim(carol: Oneweb, ann: Oneweb) -> None:
    own = carol.task("One Task")
    anothers = ann.task("One Task")

    refused(carol.post(f"/tasks/{own}/claim", user="carol"), 40301)
    # In guarded mode what is not yours answers like what is not there.
    refused(carol.post(f"/tasks/{anothers}/claim", user="carol"), 40404)


def test_row_042_where_all_may_see_all_tasks_the_answer_is_40301() -> None:
    settings = Settings(access_mode="compat")
    with open_hotel(settings) as engine, serving(engine) as served:
        ann, carol = Oneweb(served, "ann"), Oneweb(served, "carol")

        refused(carol.post(f"/tasks/{ann.task('One Task')}/claim", user="carol"), 40301)


def test_row_043_anybody_may_claim_an_open_task(ann: Oneweb, carol: Oneweb) -> None:
    task = ann.task("Open To All")

    done(carol.post(f"/tasks/{task}/claim", user="carol"))


def test_row_044_an_assigned_task_is_still_to_be_claimed(
    ann: Oneweb, carol: Oneweb, admin: Oneweb
) -> None:
    task = ann.task("One Task")
    done(admin.post(f"/tasks/{task}/assign", user="carol"))

    done(carol.post(f"/tasks/{task}/claim", user="carol"))


def test_row_045_of_two_at_once_one_succeeds(ann: Oneweb, bob: Oneweb) -> None:
    for _ in range(5):
        task = ann.task("One Task")
        with ThreadPoolExecutor(2) as both:
            answers = list(
                both.map(lambda who: who.post(f"/tasks/{task}/claim"), (ann, bob))  # noqa: B023
            )

        assert sorted(answer.json()["code"] for answer in answers) == [0, 40901]


def test_row_046_unknown_and_finished_tasks_are_told_apart(ann: Oneweb) -> None:
    task = ann.task("One Task")
    done(ann.post(f"/tasks/{task}/complete", user="ann"))

    refused(ann.post(f"/tasks/{task}/claim", user="ann"), 40903)
    refused(ann.post("/tasks/999999999-494baede-088f-46bb-8a24-77b049ef996c/claim"), 40404)
    refused(ann.post("/tasks/nonsense/claim"), 40404)


def test_row_047_without_user_the_caller_is_meant(ann: Oneweb) -> None:
    instance = ann.start("One Task")
    (task,) = names(ann.tasks(instance))

    done(ann.post(f"/tasks/{task}/claim"))

    assert ann.tasks(instance)[0]["assignee"] == "ann"
    refused(ann.http.post(f"{ROOT}/tasks/{task}/claim?user=ann&user=bob"), 40001)


def test_row_047_in_trusted_mode_the_user_must_be_named() -> None:
    settings = Settings(oneweb_auth_mode="trusted")
    with open_hotel(settings) as engine, serving(engine) as served:
        stranger = Oneweb(served, None)
        task = stranger.task("One Task")

        refused(stranger.post(f"/tasks/{task}/claim"), 40001)
        done(stranger.post(f"/tasks/{task}/claim", user="ann"))


def test_row_048_unclaiming_brings_the_candidates_back(ann: Oneweb, bob: Oneweb) -> None:
    instance = ann.start("One Task")
    (task,) = names(ann.tasks(instance))
    done(ann.post(f"/tasks/{task}/claim", user="ann"))

    done(ann.post(f"/tasks/{task}/unclaim", user="ann"))

    assert ann.tasks(instance)[0]["assignee"] is None
    assert task in names(bob.get("/tasks", user="bob").json()["data"])


def test_row_049_only_the_claimer_or_an_administrator_gives_back(
    ann: Oneweb, bob: Oneweb, admin: Oneweb, served: Served
) -> None:
    task = ann.task("One Task")

    refused(ann.post(f"/tasks/{task}/unclaim", user="ann"), 40902)
    done(ann.post(f"/tasks/{task}/claim", user="ann"))
    refused(bob.post(f"/tasks/{task}/unclaim", user="bob"), 40901)
    done(admin.post(f"/tasks/{task}/unclaim"))
    done(ann.post(f"/tasks/{task}/complete"))
    refused(ann.post(f"/tasks/{task}/unclaim"), 40903)

"""Deployments: ``/deployment`` (``reference/jbpm-rest-api.md`` 2.7, ``reference/rulings.md`` 20).

Deploying and undeploying answer 202, as they always did, though the work is done by then.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import msgspec

from procession.errors import NotFound
from procession.rest.jbpm import shapes
from procession.rest.jbpm.kjars import find_kjar
from procession.rest.jbpm.kmodule import files_of
from procession.rest.jbpm.params import Parameters
from procession.rest.jbpm.profiles import Profile, profile_of
from procession.rest.jbpm.runtime import done
from procession.rest.jbpm.uploads import DESCRIPTOR, read_upload, strategy_of
from procession.services.failed_units import note_failure
from procession.services.paging import PageRequest
from procession.services.views import DeploymentJobView, DeploymentView
from procession.web.http import Reply, Request, RouteTable

if TYPE_CHECKING:
    from procession.engine import Engine

routes = RouteTable()
ACCEPTED = 202
SINGLETON = "SINGLETON"
STRATEGIES = (SINGLETON, "PER_REQUEST", "PER_PROCESS_INSTANCE")
_DEPLOY: Any = {"lane": "pool", "query": ("strategy", "mergemode", "strict", "base", "semantics")}
MERGE_MODES = ("KEEP_ALL", "OVERRIDE_ALL", "OVERRIDE_EMPTY", "MERGE_COLLECTIONS")


@routes.get("/deployment", permission="deployment.read", id="D01")
def units(request: Request, engine: Engine) -> Reply:
    """All deployment units."""
    given = Parameters(request, engine)
    page = PageRequest() if given.profile.accidents.whole_unit_list else given.page()
    return Reply(engine.deployments.list(request.actor, page), shapes.UNIT_LIST)


@routes.get("/deployment/processes", permission="deployment.read", id="D02")
def definitions(request: Request, engine: Engine) -> Reply:
    """The process definitions of all units."""
    page = Parameters(request, engine).page()
    found = engine.deployments.definitions(request.actor, None, page)
    return Reply(found, shapes.DEFINITION_LIST)


@routes.get("/deployment/{dep}/processes", permission="deployment.read", id="D07")
def definitions_of_unit(request: Request, engine: Engine) -> Reply:
    """The process definitions of one unit."""
    page = Parameters(request, engine).page()
    found = engine.deployments.definitions(request.actor, request.path["dep"], page)
    return Reply(found, shapes.DEFINITION_LIST)


@routes.get("/deployment/{dep}", permission="deployment.read", id="D03")
def unit(request: Request, engine: Engine) -> Reply:
    """One deployment unit; one that is not known is answered as a unit too."""
    dep = request.path["dep"]
    try:
        return Reply(engine.deployments.get(request.actor, dep), shapes.UNIT)
    except NotFound:
        code, word = Parameters(request, engine).profile.unknown_unit
        return Reply(unknown_unit(dep, word), shapes.UNIT, status=code)


@routes.post("/deployment/{dep}/deploy", permission="deployment.write", id="D04", **_DEPLOY)
@routes.add("PUT", "/deployment/{dep}/deploy", permission="deployment.write", id="D05", **_DEPLOY)
def deploy(request: Request, engine: Engine) -> Reply:
    """Deploy the files sent, or else the kjar of that id; ``strict=true`` allows no liberties.

    ``base`` names a deployed unit whose other files are taken over (a patch snapshot of ONEWEB);
    ``semantics`` chooses between jBPM's meaning and the specification's, as ``name=true``.
    """
    given, dep = Parameters(request, engine), request.path["dep"]
    options, told = _options(given), partial(_accepted, given.profile)
    sent, named = read_upload(request)
    files = sent or find_kjar(dep, engine.settings.kjar_paths)
    if files is None:
        return told(_without_files(request, engine))
    if request.body and not sent:  # a descriptor, which goes before the kjar's own
        files = {**files, DESCRIPTOR: request.body}
    if options["strategy"] == SINGLETON:
        options["strategy"] = named or strategy_of(files) or SINGLETON
    answered: list[Reply] = []
    if request.once is not None:
        options["within"] = lambda job: answered.append(request.once.answer(told(job)))
    job = engine.deployments.deploy(request.actor, dep, files_of(files, dep), **options)
    return answered[-1] if answered else told(job)


def _options(given: Parameters) -> dict[str, Any]:
    """What the parameters say of a deployment."""
    if not given.profile.accidents.ignores_merging:
        given.choice("mergemode", MERGE_MODES, "MERGE_COLLECTIONS")
    strategy = given.choice("strategy", STRATEGIES, SINGLETON)
    found: dict[str, Any] = {"strategy": strategy, "strict": given.flag("strict")}
    if base := given.text("base"):
        found["base"] = base
    chosen = [p for text in given.many("semantics") for p in text.split(",") if p.strip()]
    if chosen:
        found["semantics"] = chosen
    return found


@routes.post("/deployment/{dep}/undeploy", lane="pool", permission="deployment.write", id="D06")
def undeploy(request: Request, engine: Engine) -> Reply:
    """Take a unit away; one with running instances stays."""
    dep, profile = request.path["dep"], profile_of(request, engine.settings)
    try:
        job = engine.deployments.undeploy(request.actor, dep)
        if not job.success:
            unit = msgspec.structs.replace(job.unit, status="UNDEPLOY_FAILED")
            job = msgspec.structs.replace(job, unit=unit)
        return _accepted(profile, job)
    except NotFound as error:
        return _accepted(profile, _not_deployed(dep, error, profile))


@routes.post("/deployment/{dep}/activate", permission="deployment.write", id="D08")
def activate(request: Request, engine: Engine) -> Reply:
    """Let a unit take new process starts again."""
    engine.deployments.activate(request.actor, request.path["dep"])
    return done()


@routes.post("/deployment/{dep}/deactivate", permission="deployment.write", id="D09")
def deactivate(request: Request, engine: Engine) -> Reply:
    """Keep a unit, but let it take no new process starts."""
    engine.deployments.deactivate(request.actor, request.path["dep"])
    return done()


def _accepted(profile: Profile, job: DeploymentJobView) -> Reply:
    """202; how the unit stands is told as it is, or as it was when the work was done later."""
    if profile.accidents.redeploys and not job.success and _is_there(job):
        job = msgspec.structs.replace(job, success=True)
    if (words := profile.accidents.job_words) and job.success:
        unit = msgspec.structs.replace(job.unit, status=words[job.operation == "UNDEPLOY"])
        job = msgspec.structs.replace(job, unit=unit, explanation="Deployment job accepted")
    return Reply(job, shapes.JOB, status=ACCEPTED)


def _is_there(job: DeploymentJobView) -> bool:
    """Whether deploying was refused because it is done."""
    return job.operation == "DEPLOY" and job.unit.status == "DEPLOYED"


def unknown_unit(deployment_id: str, status: str, message: str | None = None) -> DeploymentView:
    """A unit that there is not, as the dialect shows it."""
    parts = deployment_id.split(":")
    bare = len(parts) < 3
    group, artifact, version = ("", deployment_id, "") if bare else parts[:3]
    kbase, ksession = [*parts[3:], "", ""][:2]
    return DeploymentView(
        id=deployment_id,
        group=group,
        artifact=artifact,
        version=version,
        kbase=kbase or None,
        ksession=ksession or None,
        strategy="",
        status=status,
        revision=0,
        is_active=False,
        message=message,
    )


def _job(operation: str, unit: DeploymentView, success: bool, text: str) -> DeploymentJobView:
    return DeploymentJobView(
        id=0, operation=operation, unit=unit, success=success, explanation=text
    )


def _without_files(request: Request, engine: Engine) -> DeploymentJobView:
    """No body and no kjar: the unit is there already, or cannot be deployed."""
    dep, directories = request.path["dep"], engine.settings.kjar_paths
    try:
        known = engine.deployments.get(request.actor, dep)
    except NotFound:
        known = None
    if known is not None and known.status == "DEPLOYED":
        return _job("DEPLOY", known, False, f"{dep} is already deployed")
    text = (
        f"there is no kjar of {dep} in {', '.join(directories) or 'any directory'}; "
        "put it there, or send the files with the request"
    )
    note_failure(engine.room, request.actor, dep, text)
    return _job("DEPLOY", unknown_unit(dep, "DEPLOY_FAILED", text), False, text)


def _not_deployed(deployment_id: str, error: NotFound, profile: Profile) -> DeploymentJobView:
    unit = unknown_unit(deployment_id, profile.unknown_unit[1])
    return _job("UNDEPLOY", unit, profile.undeploys_unknown, error.message)

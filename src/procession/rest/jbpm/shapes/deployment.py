"""Deployments and definitions (``reference/jbpm-rest-api.md`` 2.7, R02, B.9).

``identifier`` of a unit is a member of 6.0's JSON; M has it too, since nothing else shows a bare
id as it was given (``reference/rulings.md`` 21).
"""

from __future__ import annotations

from procession.rest.jbpm.shapes.history import PAGING
from procession.rest.jbpm.values import JAVA_MAP
from procession.rest.shapes import TEXT_MAP, Field, Shape, boolean, constant, number, text

UNIT = Shape(
    (
        text("groupId", "groupId", "group"),
        text("artifactId", "artifactId", "artifact"),
        text("version", "version", "version"),
        text("kbaseName", "kbaseName", lambda unit: unit.kbase or None),
        text("ksessionName", "ksessionName", lambda unit: unit.ksession or None),
        text("strategy", "strategy", lambda unit: unit.strategy or None),
        text("status", "status", "status"),
        text(None, "identifier", "id"),
    )
)
_UNITS = Field("deployment-unit", "deploymentUnitList", "items", UNIT, many=True)
UNIT_LIST_L = Shape((_UNITS,))
UNIT_LIST_M = Shape((_UNITS, *PAGING))

_JOB = (
    text("operation", "operation", "operation"),
    Field("deploymentUnit", "deploymentUnit", "unit", UNIT),
    boolean("success", "success", "success"),
    text("explanation", "explanation", "explanation"),
)
JOB_L = Shape(_JOB)
JOB_M = Shape((number("identifier", "identifier", "id"), *_JOB))

_DEFINITION = (
    text("id", "id", "process_id"),
    text("name", "name", "name"),
    text("version", "version", "version"),
    text("package-name", "packageName", "package"),
    text("deployment-id", "deploymentId", "deployment_id"),
    Field("forms", "forms", "forms", JAVA_MAP),
)
DEFINITION = Shape((*_DEFINITION, Field("variables", "variables", "variables", TEXT_MAP)))
DEFINITION_LIST = Shape(
    (
        Field(
            "process-definition",
            "processDefinitionList",
            "items",
            Shape((*_DEFINITION, constant(None, "variables", None))),
            many=True,
        ),
        *PAGING,
    )
)

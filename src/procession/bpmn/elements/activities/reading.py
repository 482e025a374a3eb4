"""Which fields the model gives an activity, whatever its kind.

In jBPM's files quantities of tokens have no effect (``reference/jbpm-engine.md`` 1.8).
"""

from __future__ import annotations

from typing import Any

from procession.bpmn.elements.activities.mapping import read_mapped
from procession.bpmn.elements.activities.work_scripts import work_scripts
from procession.bpmn.elements.data.data_input_association import read_inputs
from procession.bpmn.elements.data.data_output_association import read_outputs
from procession.bpmn.elements.data.io_specification import IoSpecification
from procession.bpmn.elements.loop_characteristics.loop_characteristics import read_loop
from procession.bpmn.reader import Reader


def activity_fields(xml: Reader, *, scripts: bool = True) -> dict[str, Any]:
    """The fields of :class:`Activity`; ``scripts`` says whether entry and exit scripts are read."""
    fields = xml.flow_node()
    io = IoSpecification.of(xml)
    quantities = not xml.document.semantics.quantities_ignored
    fields.update(
        default=xml.reference("default", to="sequenceFlow"),
        is_for_compensation=xml.flag("isForCompensation", False),
        start_quantity=xml.number("startQuantity", 1) if quantities else 1,
        completion_quantity=xml.number("completionQuantity", 1) if quantities else 1,
        io=io,
        inputs=read_inputs(xml, io.inputs),
        outputs=read_outputs(xml, io.outputs),
        lane=xml.place.lanes.get(xml.id, ""),
        mapped=read_mapped(xml),
    )
    if scripts:
        fields["on_entry"] = work_scripts(xml, "on_entry")
        fields["on_exit"] = work_scripts(xml, "on_exit")
    read_loop(xml, fields)
    return fields

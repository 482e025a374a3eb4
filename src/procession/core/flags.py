"""Where jBPM and the specification differ, each difference by its name (``core/semantics.py``).

The sections are those of ``reference/jbpm-engine.md`` and of BPMN 2.0.2.
"""

from __future__ import annotations

from typing import Annotated, Final

import msgspec
from msgspec import Meta


def _way(jbpm: str, bpmn: str) -> Meta:
    """What a flag means when it is set and when not, each with the section that says so."""
    return Meta(description=f"jBPM {jbpm} | BPMN {bpmn}", extra={"jbpm": jbpm, "bpmn": bpmn})


class Semantics(msgspec.Struct, frozen=True, kw_only=True):
    """The flags of one compiled file; sections of both sources stand at each."""

    # -- events
    escalation_ends_instance: Annotated[
        bool,
        _way(
            "1.5, 1.7: an escalation that nobody catches ends the instance as aborted, with the "
            "code as outcome.",
            "10.5.6: nobody need catch it; the process goes on, and the caller may hear of it.",
        ),
    ] = False
    interruption_aborts_process: Annotated[
        bool,
        _way(
            "4.3: when an interrupting event sub-process of the process itself ends, the instance "
            "is aborted, with the code of the error as outcome.",
            "13.5.4: it ends as completed, once what the event sub-process does is done.",
        ),
    ] = False
    events_listen_to_the_end: Annotated[
        bool,
        _way(
            "4.5: event sub-processes listen as long as their scope is there, even if only other "
            "event sub-processes are still at work in it.",
            "13.5.4: when nothing else is active in a scope, it is completing, and its event "
            "sub-processes begin no more.",
        ),
    ] = False
    catch_events_listen_without_flow: Annotated[
        bool,
        _way(
            "4.9: a catch event of the process that no flow leads to listens all the time.",
            "10.5.2, 13.2: a process that has start events begins with them and nothing else.",
        ),
    ] = False
    timer_catches_repeat: Annotated[
        bool,
        _way(
            "3.2: a catch event with a cycle stays, and lets a token out at every firing.",
            "13.5.2: it lets the token out that came to it, once.",
        ),
    ] = False
    typed_starts_begin_idle: Annotated[
        bool,
        _way(
            "4.1: a plain start of a process that has only typed start events gives an instance "
            "in which nothing is active.",
            "13.5.1: such a process is begun by its events; a plain start is refused.",
        ),
    ] = False
    payload_needs_a_variable: Annotated[
        bool,
        _way(
            "3.3: an event that maps what came to a variable that is not declared fails.",
            "10.4.2: what has no place to go is dropped.",
        ),
    ] = False
    start_mappings_read_event: Annotated[
        bool,
        _way(
            "1.4: of several mappings of a start event those from 'event' get what came, the "
            "others the text of their source.",
            "10.4.2: each mapping gets the data output that it names.",
        ),
    ] = False
    async_inputs_delay_signals: Annotated[
        bool,
        _way(
            "1.5, 3.3: a signal event with a data input named async is delivered later, by a job.",
            "10.5.5: a data input has no such meaning; signals are published at once.",
        ),
    ] = False

    # -- messages
    messages_named_by_id: Annotated[
        bool,
        _way(
            "1.4, 3.3: messages meet by the id of the message.",
            "8.4.11: they meet by the name of the message.",
        ),
    ] = False
    messages_are_work_items: Annotated[
        bool,
        _way(
            "1.5, 1.8: send tasks and message events that throw are work items named Send Task.",
            "13.3.3, 10.5.5: they send the message at once, without a handler.",
        ),
    ] = False
    receipts_are_work_items: Annotated[
        bool,
        _way(
            "1.8, 3.3: a receive task is also a work item named Receive Task.",
            "13.3.3: it waits for its message, and nothing else.",
        ),
    ] = False
    instantiate_ignored: Annotated[
        bool,
        _way(
            "1.8: instantiate of a receive task is not read.",
            "13.3.3: an instantiating receive task begins the process.",
        ),
    ] = False
    conversations_ignored: Annotated[
        bool,
        _way(
            "1.2: collaborations, message flows and correlation are not read.",
            "8.4.2, 9.3: message flows and correlation keys say who receives a message.",
        ),
    ] = False

    # -- timers
    timer_days_are_exact: Annotated[
        bool,
        _way(
            "3.1: a day is 24 hours, and months and years are refused in a timeDuration.",
            "10.5.5 (ISO 8601): days and months are those of the calendar.",
        ),
    ] = False
    cycles_begin_after_a_second: Annotated[
        bool,
        _way(
            "3.1: a cycle without a start fires for the first time after about one second.",
            "10.5.5 (ISO 8601): after one period.",
        ),
    ] = False
    late_cycles_begin_now: Annotated[
        bool,
        _way(
            "3.1: a cycle whose start lies in the past fires at once, and counts from then.",
            "10.5.5 (ISO 8601): it keeps to the rhythm of its start.",
        ),
    ] = False

    # -- activities
    parameters_are_templates: Annotated[
        bool,
        _way(
            "2.5: #{...} in the text parameters of a work item is computed, also in values that "
            "came from variables.",
            "10.4.2: a value is handed over as it is.",
        ),
    ] = False
    unknown_results_refused: Annotated[
        bool,
        _way(
            "1.9, 5.3: a user task is not completed with results of which it declares none.",
            "10.4.2: results that are no data outputs are dropped.",
        ),
    ] = False
    quantities_ignored: Annotated[
        bool,
        _way(
            "1.8: startQuantity and completionQuantity are not read.",
            "13.3.2: an activity takes, and gives, that many tokens.",
        ),
    ] = False
    called_processes_live_on: Annotated[
        bool,
        _way(
            "1.8, 4.5: a called process goes on when its caller is cancelled, unless "
            "independent is false.",
            "13.3.4: it ends with the call activity.",
        ),
    ] = False
    ad_hoc_begins_nothing: Annotated[
        bool,
        _way(
            "4.8: nothing in an ad hoc sub-process begins but by its name (or customAutoStart).",
            "13.3.5: what no flow leads to is enabled, and begins.",
        ),
    ] = False
    ad_hoc_order_ignored: Annotated[
        bool,
        _way(
            "1.8: ordering of an ad hoc sub-process is not read.",
            "10.3.5, 13.3.5: with Sequential one activity is done at a time.",
        ),
    ] = False
    ad_hoc_asks_when_branches_end: Annotated[
        bool,
        _way(
            "4.8: the completion condition is looked at when a branch has come to its end; "
            "without a condition the sub-process does not end.",
            "13.3.5: it is looked at whenever an activity is done, whose flows are not followed "
            "then; without a condition the sub-process ends when nothing is left to do.",
        ),
    ] = False

    # -- loops
    standard_loops_ignored: Annotated[
        bool,
        _way(
            "1.8: a standard loop is not read; the activity is done once.",
            "13.3.6: the activity is repeated.",
        ),
    ] = False
    loops_are_parallel: Annotated[
        bool,
        _way(
            "4.7: isSequential of a multi-instance activity is not read.",
            "13.3.7: instances of a sequential one come one after the other.",
        ),
    ] = False
    loops_tell_no_numbers: Annotated[
        bool,
        _way(
            "4.7: the numbers of a loop are no variables.",
            "10.3.8: loopCounter, numberOfInstances and the like can be read.",
        ),
    ] = False
    loop_items_named_by_id: Annotated[
        bool,
        _way(
            "4.7: the variable of an item goes by the id of inputDataItem or outputDataItem.",
            "10.4.1: by its name, and by the id if it has none.",
        ),
    ] = False
    loop_results_as_completed: Annotated[
        bool,
        _way(
            "4.7: results are gathered in the order in which the instances end.",
            "10.3.8: in the order of the items.",
        ),
    ] = False
    loop_results_appended: Annotated[
        bool,
        _way(
            "4.7: results are added to what the collection holds; an empty loop leaves it alone.",
            "10.3.8: the collection of the results takes the place of the old one.",
        ),
    ] = False

    # -- data
    default_language_ignored: Annotated[
        bool,
        _way(
            "1.1, 2.1: an expression that names no language is MVEL.",
            "8.4.7: it is in the expressionLanguage of the definitions.",
        ),
    ] = False
    first_assignment_only: Annotated[
        bool,
        _way(
            "1.9: the first assignment of an input counts, and its value goes to targetRef.",
            "10.4.2: all assignments count, and each says where its value goes.",
        ),
    ] = False
    data_objects_named_by_id: Annotated[
        bool,
        _way(
            "1.2: a data object is a variable called by its id (in jBPM 7 by its name).",
            "10.4.1: by its name, and by the id if it has none.",
        ),
    ] = False
    data_sets_ignored: Annotated[
        bool,
        _way(
            "1.9: input and output sets choose nothing; an activity begins without its inputs.",
            "10.4.2, 13.3.2: an activity begins when an input set is available, and tells if no "
            "output set is.",
        ),
    ] = False
    data_stores_ignored: Annotated[
        bool,
        _way(
            "1.2: data stores are drawn; nothing is read from them or written to them.",
            "10.4.1: they hold data beyond the life of an instance.",
        ),
    ] = False

    # -- compensation
    handlers_only_in_their_scope: Annotated[
        bool,
        _way(
            "4.6: a sub-process without a handler of its own is not undone.",
            "13.5.5: it is undone by undoing what was done inside it.",
        ),
    ] = False
    compensation_repeats: Annotated[
        bool,
        _way(
            "4.6: what was undone is undone again by the next event.",
            "13.5.5: each is undone once.",
        ),
    ] = False
    called_processes_keep_nothing: Annotated[
        bool,
        _way(
            "4.6: what a called process did is not undone.",
            "10.7, 13.5.5: it is undone as that of a sub-process.",
        ),
    ] = False
    errors_undo_nothing: Annotated[
        bool,
        _way(
            "4.3: a scope that an error leaves is cancelled.",
            "10.7.3, 13.5.5: what was done in it is undone first.",
        ),
    ] = False
    compensation_by_signal: Annotated[
        bool,
        _way(
            "4.6: a client may have things undone by the signal Compensation.",
            "10.7: compensation is thrown by events of the process.",
        ),
    ] = False

    # -- human tasks (of which the specification says next to nothing)
    lanes_claim_tasks: Annotated[
        bool,
        _way(
            "1.2, 5.4: who did a task of a lane is given the next one of that lane.",
            "10.8: lanes have no meaning of their own; an assignment policy may give them one.",
        ),
    ] = False
    assignment_policies_ignored: Annotated[
        bool,
        _way(
            "5.3: a task is offered to all its potential owners.",
            "10.3.1: who of them is chosen is left open; assignment policies choose.",
        ),
    ] = False
    tasks_begin_with_priority_0: Annotated[
        bool,
        _way(
            "5.3: the priority of a task is 0 if none is given.",
            "10.3.3: left open; it is the usual one of 1 to 99.",
        ),
    ] = False
    documentation_not_shown: Annotated[
        bool,
        _way(
            "5.3: the description of a task is Description or Comment, else empty.",
            "8.3.1: documentation is for people; it is the description where none is given.",
        ),
    ] = False

    # -- what is refused
    jbpm_checks: Annotated[
        bool,
        _way(
            "1.2, 1.6, 1.12: a deployment is refused for what jBPM refuses, such as missing end "
            "events and mixed gateways, and taken with what it takes.",
            "8 to 13: it is refused for what the specification forbids.",
        ),
    ] = False


SPECIFICATION: Final = Semantics()
JBPM: Final = Semantics(**dict.fromkeys(Semantics.__struct_fields__, True))

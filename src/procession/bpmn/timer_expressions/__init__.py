"""Timer expressions: when a timer fires first, and when again.

``parse`` reads every form that models use (``reference/jbpm-engine.md`` 3.1): ISO 8601 durations,
dates and repeating intervals, engine time strings, ``delay###period``, Quartz and Unix cron.
Everything here is a function of its arguments; "now" and the time zone are handed in.
"""

from procession.bpmn.timer_expressions.expression import Firing, TimerExpression, parse
from procession.bpmn.timer_expressions.forms import Ways, ways_of

__all__ = ["Firing", "TimerExpression", "Ways", "parse", "ways_of"]

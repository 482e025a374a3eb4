"""Floor 2: expressions and scripts, parsed into one small tree and run by one bounded machine.

The door is :class:`procession.scripting.evaluator.Evaluator`; the contract is
``procession.core.ports``. Sources: ``reference/jbpm-engine.md`` section 2.
"""

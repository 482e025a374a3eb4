"""The matcher: a network of nodes that remember partial matches, evaluated rule by rule, lazily.

It follows the algorithm that Drools 6 calls Phreak, so that rules fire in the same order: changes
of facts are only staged at the entrances of a rule; a rule is evaluated when the agenda comes to
it. Nodes are immutable and shared; what they remember is in :class:`~.state.PathState`.
"""

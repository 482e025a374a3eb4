"""The rule language DRL: from its text to the network of :mod:`procession.rules.matcher`."""

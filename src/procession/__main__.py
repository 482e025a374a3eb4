"""``python -m procession``: the same as the ``procession`` command."""

from procession.cli.main import main

main()

"""Human tasks: a user task is a work item named ``Human Task``; the core knows no people."""

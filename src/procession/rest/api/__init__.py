"""Plain JSON below ``/api``: what neither dialect has."""

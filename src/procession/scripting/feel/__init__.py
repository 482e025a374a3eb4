"""What FEEL means (DMN 1.3, 10.3): its values, operators and built-in functions."""

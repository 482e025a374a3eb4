"""Rule benchmarks beside the published Drools."""

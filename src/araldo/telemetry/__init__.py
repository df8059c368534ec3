"""What an operator sees from outside: metrics for Prometheus, and traces where an exporter is set."""

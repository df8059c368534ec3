"""`make platform NAME=x`: start a new service as a copy of the example."""

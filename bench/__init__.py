"""Benchmarks that compare two implementations in one run: `make bench`."""

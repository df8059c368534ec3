"""`python -m araldo` is `araldo`."""

from araldo.cli import main

main()

"""The service that `make platform` copies: checked where it is, and tested as a copy under another name."""

"""The sandbox, over real loopback HTTP."""

"""The HTTP API: one module for each resource; `routers` lists what is mounted."""

"""The sandbox: a Graph API of our own on this machine, a stranger that shares no code with the client."""

"""Meta's Graph API emulated on loopback: a stranger that shares no code with the rest of Araldo."""

"""Meta's Graph API emulated on loopback; it shares no code with the rest of Araldo."""

"""Stand-ins of the services that Araldo publishes to, on loopback; they share no code with the rest of Araldo."""

"""Tables from files that people send: CSV in any usual encoding, XLSX and ODS. Everything read here is untrusted."""

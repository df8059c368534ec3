"""What all services of the sandbox share: storage, the log of calls, faults, the control plane, HTML."""

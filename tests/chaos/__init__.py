"""`araldo up` killed and frozen at every boundary while Meta misbehaves; afterwards both sides are compared."""

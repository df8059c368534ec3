"""`araldo up` killed and frozen at every boundary while a service misbehaves; afterwards both sides are compared."""

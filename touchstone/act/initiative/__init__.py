"""What people state that can be done for a touchpoint, at what cost, and what they believe it lifts."""

"""Actions that are done when they are due."""

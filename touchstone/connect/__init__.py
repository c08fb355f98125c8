"""What belongs together, as links; needs the whole corpus."""

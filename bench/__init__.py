"""What is measured, and against whom: each file offers `bench()`, which yields lines to print."""

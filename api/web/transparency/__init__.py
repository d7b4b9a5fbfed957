"""What we measure and why: one source file, the page made of it, and the same for machines."""

"""For contributors: what is generated and checked."""

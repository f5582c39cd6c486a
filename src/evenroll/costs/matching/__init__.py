"""Past bills held against what the same rate comes to here, and why a line differs."""

"""What the doors ask of the outside, as Protocols. Pure: who answers stands in `partners`."""

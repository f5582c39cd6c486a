"""What every customer of a utility would pay on each of many rates, with and without a vehicle."""

"""Bills at the speed of memory: one pass over a load fills a lattice of sums and maxima that prices every rate."""

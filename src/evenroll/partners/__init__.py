"""Those whom we ask and tell; each module implements one port, and none knows another."""

"""The only place that knows everyone: settings, wiring, the database, the command line."""

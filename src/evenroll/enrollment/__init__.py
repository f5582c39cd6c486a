"""The case and its rules: what is true of an enrollment, and what may happen next. Pure."""

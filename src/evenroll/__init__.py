"""Evenroll enrolls plug-in electric vehicles in utility programs."""

__version__ = "0.1.0"

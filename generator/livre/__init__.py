"""livre: a literature review that stays alive by itself."""

__version__ = "0.1.0"

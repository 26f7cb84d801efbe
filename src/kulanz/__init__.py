"""Kulanz: customer care and receivables for online retailers. `ls` here is the table of contents."""

__version__ = "0.1.0"

"""Measurements of this build: ``make bench``.

Each module here is one measurement with a ``main()`` that prints a table; it starts its own servers in temporary
directories and stops them. Numbers are for comparing two builds on one machine, not for comparing machines.
"""

"""One-time URLs: ``service`` for services, ``user`` for users. Run as a program it is ``service``."""

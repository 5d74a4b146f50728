"""One-time URLs: ``service`` makes one for a new service, ``user`` one for a person.

Whoever has such a URL may connect once, without any credentials, and gets what belongs to the name that it was made
for: certificates, the addresses of AHA, and, a service, its options. Run as a program the package is ``service``.
"""

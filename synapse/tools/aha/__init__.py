"""Programs around AHA, the registry of a deployment: who may join it, who is in it, and certificates from it.

``provision.service`` and ``provision.user`` make one-time URLs; a service uses one by itself when it starts, a user
with ``enroll``. ``list`` shows what is registered, ``mirror`` how far the members of each mirrored service are.
``easycert`` makes certificates with the authorities that AHA keeps; ``clone`` prepares one more AHA server. The package
``provision`` itself runs ``provision.service``, as some guides have it.
"""

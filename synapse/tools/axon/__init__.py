"""Tools that move blobs between files, Axons and archives (spec: axon.md 10).

``put`` and ``get`` copy files into an Axon and out of it, ``copy`` one Axon into another, ``dump`` and ``load`` an Axon
into tar archives and back, piece by piece, and ``verify`` reads every blob again and compares it with its name. They
talk to any service that keeps the contract, and hold one chunk of a blob in memory, whatever its size. ``transfer`` is
what they share. The older names ``pushfile``, ``pullfile`` and ``axon2axon`` run the same code.
"""

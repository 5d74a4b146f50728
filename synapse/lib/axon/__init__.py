"""The parts of an Axon, the service that stores blobs by their SHA-256.

The ideas:

- **Two truths, in one order.** A store (``synapse.lib.blobs``) has the bytes; the change log says which blobs exist.
  Bytes come first, are synced, and are never written twice; the log entry that names them is what makes a blob exist.
  A process that dies in between leaves bytes that nobody knows, and the next start removes them.
- **Nothing is held.** Bytes pass through in chunks, with back-pressure on both sides; only a small blob is collected
  in memory, so that many of them share one sync.
- **Rules in one place.** The service has no opinion on who may; the API class and the HTTP handlers ask for the
  permission, and then call the same methods.

In reading order: ``confdefs`` (options, permissions), ``files`` (which blobs exist), ``uploads`` and ``early`` (how
they come in), ``reading`` and ``lines`` (how they go out), ``fetch`` (how a follower gets them), ``outbound`` (from and
to the web), ``api`` (what a remote caller may ask), ``http`` (what a web client may ask).
"""

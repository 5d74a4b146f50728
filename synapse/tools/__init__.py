"""Programs for the operator, one screen each: parse the arguments, call one thing, print what happened.

Every tool is ``async def main(argv) -> int`` and runs as ``python -m synapse.tools.NAME``. Three ideas:

- *Tools are clients.* They know the wire (``synapse.telepath``) and nothing of the inside of a service, so they work
  against any service that keeps the contract, local or remote. The exceptions work on files of this machine:
  ``backup``, and the two that start a Cortex of their own (``csvtool --test``, ``feed --test``).
- *Output is a contract.* Lines on stdout and exit codes are fixed (spec: cell.md 14, cortex.md 11); scripts parse them.
  Progress goes to stderr, and only when that is a terminal.
- *One wrapper* (``cmd``) turns usage errors and exceptions into one line and an exit code.

In reading order: ``cmd`` (the wrapper), ``progress`` (bars on a terminal), ``guid``, ``json2mpk`` and ``easycert``
(no service at all); ``healthcheck``, ``livebackup``, ``backup``, ``snapshot``, ``reload``, ``shutdown`` (care of a
service); ``promote``, ``demote``, ``mirrorcheck`` (who leads, and whether all are equal);
``rules``, then ``moduser``, ``modrole``, ``apikey``, ``cellauth`` (users and permissions); ``storm`` (the prompt);
``genpkg`` (Storm packages); ``csvtool``, ``feed`` (data into a Cortex), with ``localcore`` for their ``--test``.
The package ``axon`` moves blobs;
``pushfile``, ``pullfile`` and ``axon2axon`` are older names of three of its tools. The package ``aha`` runs a
deployment; ``enroll`` is another name of one of its tools.

The packages ``service``, ``utils`` and ``cortex`` hold no code of their own: they are second names, under which newer
documentation knows the same tools.
"""

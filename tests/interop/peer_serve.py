"""Run by the peer's Python: serve tests/lib/telepath/sample.py with the peer's server.

usage: peer_serve.py FOLDER_OF_SAMPLE URL...
"""

import asyncio
import sys

import synapse.daemon as s_daemon

sys.path.insert(0, sys.argv[1])

import sample

asyncio.run(sample.serve(s_daemon.Daemon, sys.argv[2:]))

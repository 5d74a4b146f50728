"""``python -m synapse.tools.storm``."""

from __future__ import annotations

import synapse.tools.cmd as s_cmd
import synapse.tools.storm.cli as s_cli

if __name__ == '__main__':
    s_cmd.exitmain(s_cli.main)

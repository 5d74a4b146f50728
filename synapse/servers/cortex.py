"""Run a Cortex: ``python -m synapse.servers.cortex DIR [flags]``."""

from __future__ import annotations

import synapse.cortex as s_cortex
import synapse.lib.cell.boot as s_boot

if __name__ == '__main__':
    s_boot.run(s_cortex.Cortex)

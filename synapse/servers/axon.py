"""Run an Axon: ``python -m synapse.servers.axon DIR [flags]``."""

from __future__ import annotations

import synapse.axon as s_axon
import synapse.lib.cell.boot as s_boot

if __name__ == '__main__':
    s_boot.run(s_axon.Axon)

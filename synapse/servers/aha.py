"""Run an AHA: ``python -m synapse.servers.aha DIR [flags]``."""

from __future__ import annotations

import synapse.aha as s_aha
import synapse.lib.cell.boot as s_boot

if __name__ == '__main__':
    s_boot.run(s_aha.AhaCell)

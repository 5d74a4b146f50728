"""Run a JSONStor: ``python -m synapse.servers.jsonstor DIR [flags]``."""

from __future__ import annotations

import synapse.jsonstor as s_jsonstor
import synapse.lib.cell.boot as s_boot

if __name__ == '__main__':
    s_boot.run(s_jsonstor.JsonStorCell)

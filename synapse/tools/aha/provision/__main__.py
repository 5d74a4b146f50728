"""``python -m synapse.tools.aha.provision 00.axon``: what some guides call ``provision.service``."""

from __future__ import annotations

import synapse.tools.aha.provision.service as s_service
import synapse.tools.cmd as s_cmd

if __name__ == '__main__':
    s_cmd.exitmain(s_service.main)

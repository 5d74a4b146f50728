"""The newer name of ``synapse.tools.genpkg``."""

from __future__ import annotations

import synapse.tools.cmd as s_cmd
import synapse.tools.genpkg as s_genpkg

main = s_genpkg.main

if __name__ == '__main__':
    s_cmd.exitmain(main)

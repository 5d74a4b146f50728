"""The newer name of ``synapse.tools.csvtool``."""

from __future__ import annotations

import synapse.tools.cmd as s_cmd
import synapse.tools.csvtool as s_csvtool

if __name__ == '__main__':
    s_cmd.exitmain(s_csvtool.main)

"""Become a user of an AHA network: the name under which some guides know ``aha.enroll``."""

from __future__ import annotations

import synapse.tools.aha.enroll as s_enroll
import synapse.tools.cmd as s_cmd

if __name__ == '__main__':
    s_cmd.exitmain(s_enroll.main)

"""What a served directory costs: processor time, memory, disk."""

from __future__ import annotations

import os
import pathlib


def pid_of(dirn: pathlib.Path) -> int:
    """Return the id of the process that serves a directory. Raises LookupError."""
    for entry in pathlib.Path('/proc').glob('[0-9]*'):
        try:
            if str(dirn).encode() in (entry / 'cmdline').read_bytes().split(b'\0'):
                return int(entry.name)
        except OSError:
            continue
    raise LookupError(f'nobody serves {dirn}')


def memory_of(pid: int) -> float:
    """Return the anonymous memory of a process in MB: not the databases, which are mapped files."""
    lines = pathlib.Path(f'/proc/{pid}/smaps_rollup').read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith('Pss_Anon:')) / 1024


def cpu_of(pid: int) -> float:
    """Return the seconds that a process has computed, in its own code and in the kernel."""
    fields = pathlib.Path(f'/proc/{pid}/stat').read_text().rpartition(')')[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf('SC_CLK_TCK')


def disk_of(dirn: pathlib.Path) -> float:
    """Return the MB that a directory takes on disk; sparse files count as what is in them."""
    return sum(path.stat().st_blocks * 512 for path in dirn.rglob('*') if path.is_file()) / 1e6

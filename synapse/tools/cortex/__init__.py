"""Second names of the tools that act on a Cortex: ``synapse.tools.cortex.feed`` and ``synapse.tools.cortex.csv``.

Newer operator documentation groups them here. The package looks for its modules in the folder above, so both names run
the same source; only ``csv`` is a file of its own, because there the name changed too (it was ``csvtool``).
"""

import synapse.tools as s_tools

__path__ = [*__path__, *s_tools.__path__]

"""Second names: ``synapse.tools.utils.guid`` is ``synapse.tools.guid``, ``synapse.tools.utils.json2mpk`` likewise.

Newer operator documentation groups the tools that need no service here. Rather than a file for each alias, this
package looks for its modules in the folder above, so both names run the same source and cannot drift apart.
"""

import synapse.tools as s_tools

__path__ = [*__path__, *s_tools.__path__]

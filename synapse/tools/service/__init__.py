"""Second names: ``synapse.tools.service.moduser`` is ``synapse.tools.moduser``, and so for every tool of a service.

Newer operator documentation groups the tools that act on any service here. Rather than a file for each alias, this
package looks for its modules in the folder above, so both names run the same source and cannot drift apart.
"""

import synapse.tools as s_tools

__path__ = [*__path__, *s_tools.__path__]

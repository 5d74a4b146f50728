"""The built-in Storm commands, by topic. Importing the package registers them.

``stream``: commands that shape the stream of nodes (limit, count, uniq ...). ``info``: help and version.
"""

from synapse.lib.storm.commands import info as info
from synapse.lib.storm.commands import stream as stream

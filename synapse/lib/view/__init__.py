"""Views: what is visible of a stack of layers, and how it changes.

A view reads through its layers, top first, and writes to the top one. It turns stored records into ``Node`` objects,
lazily: a node that is only counted or passed on is never decoded. And it turns the intentions of a query ("add this
node", "set this property") into node edits.

Two ideas carry it. *Sources* are resumable index passes that survive writes between two chunks. The *editor* buffers
the edits of one running query: it normalises, derives (sub-properties, auto-added nodes, parent tags) and remembers
what it touched, so that whoever would observe a pending change makes it flush first, as one logged event, while
everybody else does not wait.

Read in this order: ``node``, ``sources``, ``view``, ``buffer`` (edits on their way), ``editor`` (the rules).
"""

from synapse.lib.view.editor import Editor as Editor
from synapse.lib.view.node import Node as Node
from synapse.lib.view.view import View as View

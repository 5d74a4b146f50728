"""One screen per service: parse the arguments, run the cell until it is told to stop.

``python -m synapse.servers.cortex DIR`` starts a Cortex in a folder, ``axon`` an Axon, ``jsonstor`` a JSONStor,
``aha`` an AHA; ``cell`` runs any Cell class by its Python path (plugins), ``stemcell`` the class that the folder
itself names. The flags come from the service's configuration schema.
"""

"""The permissions that a Cortex knows (spec: storm-runtime.md 17), for those who give them and for their defaults."""

from __future__ import annotations

import functools
import typing

Def = dict[str, typing.Any]

# permission, gate, what it allows. A permission above others of the table that is not in it itself covers them all.
# '+' before the gate: allowed unless a rule says otherwise. After '=': an example.
_TABLE = """
auth.role.add                       cortex    add roles
auth.role.del                       cortex    delete roles
auth.role.set.name                  cortex    rename roles
auth.role.set.rules                 cortex    change the rules of roles
auth.self.set.apikey               +cortex    manage their own API keys
auth.self.set.email                +cortex    change their own email address
auth.self.set.name                 +cortex    change their own name
auth.self.set.passwd               +cortex    change their own password
auth.user.add                       cortex    add users
auth.user.del                       cortex    delete users
auth.user.get.profile.<varname>     cortex    read the profiles of users = auth.user.get.profile.fullname
auth.user.grant                     cortex    give roles to users
auth.user.pop.profile.<varname>     cortex    remove from the profiles of users = auth.user.pop.profile.fullname
auth.user.revoke                    cortex    take roles from users
auth.user.set.admin                 cortex    make users admins, or stop it
auth.user.set.apikey                cortex    manage the API keys of users: as good as being them
auth.user.set.archived              cortex    archive users
auth.user.set.email                 cortex    change the email addresses of users
auth.user.set.locked                cortex    lock users
auth.user.set.passwd                cortex    change the passwords of users
auth.user.set.profile.<varname>     cortex    change the profiles of users = auth.user.set.profile.fullname
auth.user.set.rules                 cortex    change the rules of users
axon.del                            cortex    remove blobs
axon.get                            cortex    read blobs
axon.has                            cortex    ask about blobs
axon.upload                         cortex    store blobs
backup.del                          cortex    delete backups
backup.list                         cortex    list backups
backup.run                          cortex    make backups
cron.add                            view      add cron jobs
cron.del                            cronjob   delete cron jobs
cron.get                            cronjob   see cron jobs
cron.kill                           cronjob   stop running cron jobs
cron.set                            cronjob   change cron jobs
cron.set.creator                    cortex    change the user as whom a cron job runs
globals.del.<varname>               cortex    remove a global variable
globals.get.<varname>               cortex    read a global variable
globals.set.<varname>               cortex    set a global variable
layer.add                           cortex    add layers
layer.del                           layer     delete layers
layer.read                          layer     read layers
layer.read.<layer>                  cortex    read a certain layer
layer.set.desc                      layer     describe layers
layer.set.name                      layer     rename layers
layer.set.readonly                  layer     make layers read only, or stop it
layer.write                         layer     change layers
layer.write.<layer>                 cortex    change a certain layer
model.edge.add                      cortex    add edges to the model
model.edge.del                      cortex    remove edges from the model
model.form.add.<form>               cortex    add certain forms to the model = model.form.add._foo:bar
model.form.del.<form>               cortex    remove certain forms from the model = model.form.del._foo:bar
model.prop.add.<form>               cortex    extend certain forms = model.prop.add._foo:bar
model.prop.del.<form>               cortex    take back extensions of certain forms = model.prop.del._foo:bar
model.tagprop.add                   cortex    add tag properties to the model
model.tagprop.del                   cortex    remove tag properties from the model
model.type.add.<type>               cortex    add certain types to the model = model.type.add._foo:bar
model.type.del.<type>               cortex    remove certain types from the model = model.type.del._foo:bar
model.univ.add                      cortex    add universal properties to the model
model.univ.del                      cortex    remove universal properties from the model
node.add.<form>                     layer     add nodes of a certain form = node.add.inet:ipv4
node.data.pop.<varname>             layer     remove certain node data = node.data.pop.hehe
node.data.set.<varname>             layer     set certain node data = node.data.set.hehe
node.del.<form>                     layer     delete nodes of a certain form
node.edge.add.<verb>                layer     add edges of a certain verb
node.edge.del.<verb>                layer     delete edges of a certain verb
node.prop.del.<form>                layer     delete properties of a certain form = node.prop.del.inet:ipv4
node.prop.del.<form>.<prop>         layer     delete a certain property = node.prop.del.inet:ipv4.asn
node.prop.set.<form>                layer     set properties of a certain form = node.prop.set.inet:ipv4
node.prop.set.<form>.<prop>         layer     set a certain property = node.prop.set.inet:ipv4.asn
node.tag.add.<tag>                  layer     add a certain tag and those below it = node.tag.add.cno.mal.redtree
node.tag.del.<tag>                  layer     delete a certain tag and those below it = node.tag.del.cno.mal.redtree
pkg.add                             cortex    load Storm packages
pkg.del                             cortex    remove Storm packages
power-ups.<power-up>.admin          cortex    use variables and queues of a Storm package
queue.add                           cortex    add queues
queue.del                           queue     delete queues
queue.get                           queue     read queues
queue.put                           queue     write to queues
service.add                         cortex    add Storm services
service.del                         cortex    remove Storm services
service.get                         cortex    use Storm services
service.list                        cortex    list Storm services
storm.asroot.cmd.<cmdname>          cortex    run a certain command with all rights
storm.asroot.mod.<modname>          cortex    run a certain module with all rights
storm.graph.add                    +cortex    add graph projections
storm.inet.imap.connect             cortex    connect to mail boxes
storm.inet.smtp.send                cortex    send mail
storm.lib.auth.roles.add            cortex    add roles
storm.lib.auth.roles.del            cortex    delete roles
storm.lib.auth.users.add            cortex    add users
storm.lib.auth.users.del            cortex    delete users
storm.lib.axon.del                  cortex    remove blobs
storm.lib.axon.get                  cortex    read blobs
storm.lib.axon.has                  cortex    ask about blobs
storm.lib.axon.wget                 cortex    store what a URL gives
storm.lib.axon.wput                 cortex    send blobs to a URL
storm.lib.cortex.httpapi.add        cortex    add HTTP endpoints
storm.lib.cortex.httpapi.del        cortex    delete HTTP endpoints
storm.lib.cortex.httpapi.get        cortex    see HTTP endpoints
storm.lib.cortex.httpapi.set        cortex    change HTTP endpoints
storm.lib.inet.http.proxy           cortex    choose the proxy of an HTTP request
storm.lib.log.debug                 cortex    write to the log, level DEBUG
storm.lib.log.error                 cortex    write to the log, level ERROR
storm.lib.log.info                  cortex    write to the log, level INFO
storm.lib.log.warning               cortex    write to the log, level WARNING
storm.lib.stix.export.maxsize       cortex    export STIX bundles of more than 10,000 objects
storm.lib.telepath.open             cortex    open Telepath URLs
storm.macro.add                    +cortex    add macros
storm.macro.admin                   cortex    administrate all macros
storm.macro.edit                    cortex    change all macros
storm.sudo                          cortex    run queries with all rights
task.del                            cortex    stop tasks of others
task.get                            cortex    see tasks of others
trigger.add                         view      add triggers
trigger.del                         trigger   delete triggers
trigger.get                         trigger   see triggers
trigger.set.async                   trigger   change whether triggers run in the background
trigger.set.doc                     trigger   describe triggers
trigger.set.enabled                 trigger   turn triggers on and off
trigger.set.name                    trigger   rename triggers
trigger.set.storm                   trigger   change the queries of triggers
trigger.set.user                    cortex    change the user as whom a trigger runs
view.add                            cortex    add views
view.del                            view      delete views
view.fork                          +view      fork views
view.read                           view      read views
view.set.desc                       view      describe views
view.set.name                       view      rename views
view.set.parent                     view      give views a parent
view.set.protected                  view      protect views
view.set.quorum                     view      ask for votes before merges
"""
# Permissions above others whose own gate is not that of the Cortex.
_GATES = {'node': 'layer', 'layer.set': 'layer', 'trigger.set': 'trigger', 'view.set': 'view', 'cron.set': 'cronjob'}
# Parts that exist on the way to a permission but are none themselves.
_NOT = frozenset(
    f'{a}.{b}'.strip('.')
    for a, bs in {
        'auth.user': ('get.profile', 'pop.profile', 'set.profile'),
        'power-ups': ('', '<power-up>'),
        'storm': ('asroot', 'asroot.cmd', 'asroot.mod', 'inet', 'inet.imap', 'inet.smtp'),
        'storm.lib': ('', 'auth', 'auth.roles', 'auth.users', 'axon', 'cortex', 'cortex.httpapi', 'inet', 'inet.http'),
        'storm.lib.log': ('',),
        'storm.lib.stix': ('', 'export'),
        'storm.lib.telepath': ('',),
    }.items()
    for b in bs
)


def _row(line: str) -> Def:
    perm, gate, text = line.split(None, 2)
    text, _, example = text.partition(' = ')
    desc = f'Allows to {text}.'
    retn = {'perm': tuple(perm.split('.')), 'gate': gate.strip('+'), 'desc': desc, 'default': gate[0] == '+'}
    return {**retn, 'ex': example} if example else retn


@functools.cache
def permdefs() -> tuple[Def, ...]:
    """Return the definitions, by name: ``perm``, ``gate``, ``desc``, ``default`` and for some ``ex``, an example."""
    defs = {row['perm']: row for row in map(_row, _TABLE.strip().splitlines())}
    for perm in list(defs):
        for size in range(1, len(perm)):
            name = '.'.join(perm[:size])
            if perm[:size] not in defs and name not in _NOT:
                gate = next((g for top, g in _GATES.items() if f'{name}.'.startswith(f'{top}.')), 'cortex')
                desc = f'Covers all permissions that begin with {name}.'
                defs[perm[:size]] = {'perm': perm[:size], 'gate': gate, 'desc': desc, 'default': False}
    return tuple(defs[perm] for perm in sorted(defs))


class PermDefs:
    """The permissions of the Cortex and of its Storm packages.

    Args:
        packages: Gives ``permdefs()``, and ``version``, which changes with them.
    """

    def __init__(self, packages: typing.Any) -> None:
        self.packages = packages
        self._version = None
        self._defs: dict[tuple[str, ...], Def] = {}

    def by_perm(self) -> dict[tuple[str, ...], Def]:
        """Return the definitions by permission, in order."""
        if self._version != self.packages.version:
            self._version = self.packages.version
            own = {row['perm']: row for row in permdefs()}
            found = {tuple(row['perm']): row for row in self.packages.permdefs()}
            self._defs = dict(sorted({**found, **own}.items()))
        return self._defs

    def default(self, perm: typing.Sequence[str]) -> bool | None:
        """Return whether something is allowed of which no rule speaks; None if it is not known."""
        found = self.by_perm().get(tuple(perm))
        return None if found is None else bool(found.get('default'))

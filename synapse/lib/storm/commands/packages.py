"""Commands about Storm packages and the permissions that are known, written in Storm."""

from __future__ import annotations

import synapse.lib.storm.purecmd as s_purecmd

arg, define = s_purecmd.arg, s_purecmd.define

define(
    'pkg.list',
    'List the Storm packages.',
    [arg('--verbose', 'Show when they were built.', action='store_true')],
    """
    init {
        $pkgs = $lib.pkg.list()
        if ($lib.len($pkgs) = 0) { $lib.print("No storm packages installed.") }
        else {
            $columns = ([{"name": "name", "width": 40}, {"name": "vers", "width": 10}])
            if $cmdopts.verbose { $columns.append(({"name": "time", "width": 20})) }
            $separators = ({"header:row": "#", "data:row": "", "column": ""})
            $printer = $lib.tabular.printer(({"columns": $columns, "separators": $separators}))
            $lib.print("Loaded storm packages:")
            $lib.print($printer.header())
            for $pkg in $pkgs {
                $row = ([$pkg.name, $pkg.version])
                if $cmdopts.verbose {
                    $tick = $pkg.build.time
                    if ($tick = null) { $row.append("not available") }
                    else { $row.append($lib.time.format($tick, "%Y-%m-%d %H:%M:%S")) }
                }
                $lib.print($printer.row($row))
            }
        }
    }
    """,
)

define(
    'pkg.del',
    'Forget a Storm package.',
    [arg('name', 'The name of the package, or its beginning.')],
    """
    init {
        $found = ([])
        for $pkg in $lib.pkg.list() {
            if $pkg.name.startswith($cmdopts.name) { $found.append($pkg.name) }
        }
        if ($lib.len($found) = 0) { $lib.print(`No package names match "{$cmdopts.name}". Aborting.`) }
        elif ($lib.len($found) = 1) {
            $lib.print(`Removing package: {$found.0}`)
            $lib.pkg.del($found.0)
        } else { $lib.print(`Multiple package names match "{$cmdopts.name}". Aborting.`) }
    }
    """,
)

define(
    'pkg.docs',
    'Show the documents of a Storm package.',
    [arg('name', 'The name of the package.')],
    """
    init {
        $pkg = $lib.pkg.get($cmdopts.name)
        if ($pkg = null) { $lib.warn(`Package ({$cmdopts.name}) not found!`) }
        elif ($pkg.docs) { for $doc in $pkg.docs { $lib.print($doc.content) } }
        else { $lib.print(`Package ({$cmdopts.name}) contains no documentation.`) }
    }
    """,
)

define(
    'pkg.perms.list',
    'List the permissions that a Storm package defines.',
    [arg('name', 'The name of the package.', type='str')],
    """
    init {
        $pkg = $lib.pkg.get($cmdopts.name)
        if ($pkg = null) { $lib.warn(`Package ({$cmdopts.name}) not found!`) }
        elif ($pkg.perms) {
            $lib.print(`Package ({$cmdopts.name}) defines the following permissions:`)
            for $perm in $pkg.perms {
                $name = $lib.str.join(".", $perm.perm).ljust(32)
                $lib.print(`{$name} : {$perm.desc} ( default: {$perm.default} )`)
            }
        } else { $lib.print(`Package ({$cmdopts.name}) contains no permissions definitions.`) }
    }
    """,
)

define(
    'pkg.load',
    'Load a Storm package from a URL.',
    [
        arg('url', 'Where the definition is, as JSON.'),
        arg('--raw', 'The answer is the definition itself, without an envelope.', action='store_true'),
        arg('--verify', 'Refuse a package without a valid signature.', action='store_true'),
        arg('--ssl-noverify', 'Accept any certificate of the server.', action='store_true'),
    ],
    """
    init {
        $resp = $lib.inet.http.get($cmdopts.url, ssl_verify=(not $cmdopts.ssl_noverify))
        if ($resp.code != 200) {
            $lib.warn(`pkg.load got HTTP code: {$resp.code} for URL: {$cmdopts.url}`)
        } else {
            $pkgdef = $resp.json()
            $good = (true)
            if (not $cmdopts.raw) {
                if ($pkgdef.status != "ok") {
                    $lib.warn(`pkg.load got JSON error: {$pkgdef.code} for URL: {$cmdopts.url}`)
                    $good = (false)
                } else { $pkgdef = $pkgdef.result }
            }
            if $good {
                $lib.pkg.add($pkgdef, verify=$cmdopts.verify)
                $lib.print(`Loaded Package: {$pkgdef.name} @{$pkgdef.version}`)
            }
        }
    }
    """,
)

define(
    'auth.perms.list',
    'List the permissions that are known.',
    [arg('--find', 'Only those that contain this text, in name or description.', type='str')],
    """
    for $pdef in $lib.auth.getPermDefs() {
        $perm = $lib.str.join(".", $pdef.perm)
        if ($cmdopts.find != null) {
            $text = $lib.str.join(" ", ([$perm, $pdef.desc, $pdef.gate, $pdef.ex]))
            if ($text.find($cmdopts.find) = null) { continue }
        }
        $lib.print($perm)
        $lib.print(`    {$pdef.desc}`)
        $lib.print(`    gate: {$pdef.gate}`)
        $lib.print(`    default: {$pdef.default}`)
        if $pdef.ex { $lib.print(`    example: {$pdef.ex}`) }
        $lib.print("")
    }
    """,
)

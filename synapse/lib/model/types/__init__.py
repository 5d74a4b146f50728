"""The base types: what turns a value that somebody typed into the one that is stored, compared and shown.

A type knows nothing of storage and does no I/O. It has a norm (input to system value, with the sub-values that can be
read off it), a repr (system value to text), comparators for filters, index scans for lifts, and an index encoding whose
byte order is the order of values. spec: types.md 1 to 4.

Three ideas:

- *Dispatch by class.* Each instance has a table from the exact class of the input to a handler, made once from the
  instance's options. The common good input takes the first branch of its handler; checking happens in C where it can.
- *Compile the right side once.* ``cmpr`` and ``lifts`` norm the user's value a single time and return tests and key
  ranges that a scan applies to thousands of stored values.
- *Types are data.* ``BASETYPES`` lists the classes with their default options. All other types of the model are made
  from these by ``extend``, and a property's own options by ``clone``.

Read in this order: base (the Type), numeric, text, times, tags (dotted names); compound (types made of other types)
and refs (references to nodes, props, users); then the domains: ip, dns, addr, url, mail; files, infotech, telco, geo;
and tables, which are only data. What users may say about a type is guarded by options (of the right kind), patterns
(regular expressions that end) and schemas (JSON schemas that fetch nothing).
"""

from __future__ import annotations

import synapse.lib.model.types.addr as s_addr
import synapse.lib.model.types.base as s_base
import synapse.lib.model.types.compound as s_compound
import synapse.lib.model.types.dns as s_dns
import synapse.lib.model.types.files as s_files
import synapse.lib.model.types.geo as s_geo
import synapse.lib.model.types.infotech as s_infotech
import synapse.lib.model.types.ip as s_ip
import synapse.lib.model.types.mail as s_mail
import synapse.lib.model.types.numeric as s_numeric
import synapse.lib.model.types.refs as s_refs
import synapse.lib.model.types.tags as s_tags
import synapse.lib.model.types.telco as s_telco
import synapse.lib.model.types.text as s_text
import synapse.lib.model.types.times as s_times
import synapse.lib.model.types.url as s_url

Type = s_base.Type
Lift = s_base.Lift
ModelLike = s_base.ModelLike
ARRAY, MSGP, NDEF = s_base.ARRAY, s_base.MSGP, s_base.NDEF

_CLASSES: dict[str, type[Type]] = {
    'int': s_numeric.Int,
    'float': s_numeric.Float,
    'hugenum': s_numeric.HugeNum,
    'bool': s_numeric.Bool,
    'str': s_text.Str,
    'hex': s_text.Hex,
    'guid': s_text.Guid,
    'loc': s_text.Loc,
    'taxon': s_tags.Taxon,
    'taxonomy': s_tags.Taxonomy,
    'syn:tag': s_tags.Tag,
    'syn:tag:part': s_tags.TagPart,
    'time': s_times.Time,
    'duration': s_times.Duration,
    'ival': s_times.Ival,
    'velocity': s_geo.Velocity,
    'comp': s_compound.Comp,
    'array': s_compound.Array,
    'range': s_compound.Range,
    'data': s_compound.Data,
    'ndef': s_refs.Ndef,
    'edge': s_refs.Edge,
    'timeedge': s_refs.TimeEdge,
    'nodeprop': s_refs.NodeProp,
    'syn:user': s_refs.SynUser,
    'syn:role': s_refs.SynRole,
    'inet:ipv4': s_ip.IPv4,
    'inet:ipv6': s_ip.IPv6,
    'inet:ipv4range': s_ip.IPv4Range,
    'inet:ipv6range': s_ip.IPv6Range,
    'inet:cidr4': s_ip.Cidr4,
    'inet:cidr6': s_ip.Cidr6,
    'inet:addr': s_addr.Addr,
    'inet:fqdn': s_dns.Fqdn,
    'inet:dns:name': s_dns.DnsName,
    'inet:email': s_mail.Email,
    'inet:rfc2822:addr': s_mail.Rfc2822Addr,
    'inet:http:cookie': s_mail.HttpCookie,
    'inet:url': s_url.Url,
    'file:bytes': s_files.FileBytes,
    'file:base': s_files.FileBase,
    'file:path': s_files.FilePath,
    'it:semver': s_infotech.SemVer,
    'it:sec:cpe': s_infotech.Cpe23Str,
    'it:sec:cpe:v2_2': s_infotech.Cpe22Str,
    'cvss:v2': s_infotech.CvssV2,
    'cvss:v3': s_infotech.CvssV3,
    'geo:dist': s_geo.Dist,
    'geo:area': s_geo.Area,
    'geo:latlong': s_geo.LatLong,
    'tel:phone': s_telco.Phone,
    'tel:mob:imei': s_telco.Imei,
    'tel:mob:imsi': s_telco.Imsi,
}

# name -> (class, options that differ from the defaults of the class). In the order in which they can be made.
BASETYPES: dict[str, tuple[type[Type], s_base.Opts]] = {name: (cls, {}) for name, cls in _CLASSES.items()}

"""Formats of text: ``$lib.json``, ``$lib.yaml``, ``$lib.xml``, ``$lib.mime.html`` (spec: storm-runtime.md 4)."""

from __future__ import annotations

import datetime
import html.parser
import json
import typing
import xml.parsers.expat

import fastjsonschema
import yaml

import synapse.exc as s_exc
import synapse.lib.model.types.schemas as s_schemas
import synapse.lib.storm.coerce as s_coerce
import synapse.lib.storm.libs.root as s_libroot
import synapse.lib.storm.libs.values.strs as s_libstrs
import synapse.lib.storm.registry as s_registry
import synapse.lib.storm.runtime as s_runtime

Any = typing.Any
Prim = s_registry.Prim
Runtime = s_runtime.Runtime
lib, method = s_registry.lib, s_registry.method


# JSON

s_registry.libdoc('$lib.json', 'JSON text and JSON schemas.')
s_registry.typedoc('json:schema', 'A JSON schema, ready to check values.')


@lib('$lib.json.load', pure=True)
def json_load(rt: Runtime, text: str) -> Any:
    """Return the value that a JSON text spells. Raises: BadJsonText."""
    return s_libstrs.load_json(text)


@lib('$lib.json.save', pure=True)
def json_save(rt: Runtime, item: Any, indent: bool = False) -> str:
    """Return a value as JSON text; with indent over several lines. Raises: MustBeJsonSafe."""
    try:
        valu = s_coerce.toprim(item)
    except s_exc.NoSuchType as e:
        raise s_exc.MustBeJsonSafe(mesg=f'Argument is not JSON compatible: {s_coerce.text(item)[:1000]}') from e
    try:
        if indent:
            return json.dumps(valu, ensure_ascii=False, indent=2)
        return json.dumps(valu, ensure_ascii=False, separators=(',', ':'))
    except (TypeError, ValueError, RecursionError) as e:
        raise s_exc.MustBeJsonSafe(mesg=str(e)) from e


class JsonSchema(s_coerce.StormObj):
    """A compiled JSON schema."""

    storm_name = 'json:schema'
    storm_mutable = False

    def __init__(self, schema: Any, use_default: bool) -> None:
        self.schema = schema
        try:
            self.check = s_schemas.compile_schema(schema, use_default)
        except Exception as e:
            raise s_exc.StormRuntimeError(mesg=f'Unable to compile Json Schema: {e}', schema=schema) from e

    def storm_repr(self) -> str:
        return f'json:schema: {self.schema}'


@lib('$lib.json.schema', pure=True)
def json_schema(rt: Runtime, schema: Prim, use_default: bool = True) -> JsonSchema:
    """Return a JSON schema that can check values. Raises: StormRuntimeError."""
    if not isinstance(schema, dict):
        raise s_exc.StormRuntimeError(mesg='Unable to compile Json Schema: a schema is a dictionary.', schema=schema)
    return JsonSchema(_thawed(schema), use_default)


def _thawed(valu: Any) -> Any:
    if isinstance(valu, (list, tuple)):
        return [_thawed(item) for item in valu]
    if isinstance(valu, dict):
        return {key: _thawed(item) for key, item in valu.items()}
    return valu


@method('json:schema', 'schema', pure=True)
def schema_schema(rt: Runtime, obj: JsonSchema) -> Any:
    """Return the definition."""
    return s_coerce.wrap(obj.schema)


@method('json:schema', 'validate', pure=True)
def schema_validate(rt: Runtime, obj: JsonSchema, item: Prim) -> tuple[bool, Any]:
    """Return (true, value with the defaults) or (false, {mesg}) for a value."""
    try:
        return (True, s_coerce.keep(obj.check(_thawed(item))))
    except fastjsonschema.JsonSchemaException as e:
        return (False, {'mesg': e.message if isinstance(e, fastjsonschema.JsonSchemaValueException) else str(e)})


# YAML

s_registry.libdoc('$lib.yaml', 'YAML text.')
_Loader: Any = getattr(yaml, 'CSafeLoader', yaml.SafeLoader)
_Dumper: Any = getattr(yaml, 'CSafeDumper', yaml.SafeDumper)


def _plain(valu: Any, room: list[int]) -> Any:
    """Return loaded YAML as plain data of a bounded size: by aliases, a small text can mean a huge value."""
    room[0] -= 1
    if room[0] < 0:
        raise yaml.YAMLError('too many values')
    if isinstance(valu, (list, tuple)):
        return [_plain(item, room) for item in valu]
    if isinstance(valu, dict):
        return {_plain(key, room): _plain(item, room) for key, item in valu.items()}
    if isinstance(valu, (set, frozenset)):
        return {_plain(item, room) for item in valu}
    if isinstance(valu, (datetime.date, datetime.datetime)):
        return valu.isoformat()
    return valu


def _req_shallow(text: str) -> None:
    """Raise YAMLError for deep nesting, which the loader would follow by recursion in C."""
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        if isinstance(event, (yaml.SequenceStartEvent, yaml.MappingStartEvent)):
            depth += 1
            if depth > 200:
                raise yaml.YAMLError('too deeply nested')
        elif isinstance(event, (yaml.SequenceEndEvent, yaml.MappingEndEvent)):
            depth -= 1


@lib('$lib.yaml.load', pure=True)
def yaml_load(rt: Runtime, valu: str) -> Any:
    """Return the value that a YAML text spells. Raises: BadArg."""
    try:
        _req_shallow(valu)
        return s_coerce.wrap(_plain(yaml.load(valu, Loader=_Loader), [1000000]))
    except (yaml.YAMLError, ValueError, TypeError, RecursionError, OverflowError) as e:
        raise s_exc.BadArg(mesg=f'Invalid YAML text: {e}') from e


@lib('$lib.yaml.save', pure=True)
def yaml_save(rt: Runtime, valu: Prim, sort_keys: bool = True) -> str:
    """Return a value as YAML text. Raises: BadArg."""
    try:
        return str(yaml.dump(_thawed(valu), sort_keys=sort_keys, Dumper=_Dumper))
    except (yaml.YAMLError, TypeError, RecursionError) as e:
        raise s_exc.BadArg(mesg=f'Value cannot be saved as YAML: {e}') from e


# XML

s_registry.libdoc('$lib.xml', 'XML documents.')
s_registry.typedoc('xml:element', 'An element of an XML document.')


class XmlElement(s_coerce.StormObj):
    """An element with its attributes, the text before its first child, and its children."""

    storm_name = 'xml:element'

    def __init__(self, name: str, attrs: dict[str, str]) -> None:
        self.name = name
        self.attrs = attrs
        self.texts: list[str] = []
        self.kids: list[XmlElement] = []

    def storm_iter(self) -> Any:
        return iter(self.kids)

    def storm_repr(self) -> str:
        return f'xml:element: {self.name}'

    def walk(self) -> typing.Iterator[XmlElement]:
        """Yield all elements below, in the order of the text."""
        todo = list(reversed(self.kids))
        while todo:
            item = todo.pop()
            yield item
            todo.extend(reversed(item.kids))


def parse_xml(text: str) -> XmlElement:
    """Return the root element of a document. Raises: BadArg, also for documents that define entities."""
    parser = xml.parsers.expat.ParserCreate()
    stack: list[XmlElement] = []
    roots: list[XmlElement] = []

    def start(name: str, attrs: dict[str, str]) -> None:
        item = XmlElement(name, attrs)
        (stack[-1].kids if stack else roots).append(item)
        stack.append(item)

    def data(part: str) -> None:
        if stack and not stack[-1].kids:
            stack[-1].texts.append(part)

    def refuse(*args: Any) -> None:
        raise s_exc.BadArg(mesg='Invalid XML text: documents must not define or load entities.')

    parser.StartElementHandler = start
    parser.EndElementHandler = lambda name: stack.pop()
    parser.CharacterDataHandler = data
    parser.EntityDeclHandler = parser.UnparsedEntityDeclHandler = parser.ExternalEntityRefHandler = refuse  # type: ignore[assignment]
    try:
        parser.Parse(text.encode('utf8', 'replace') if not text.lstrip().startswith('<?xml') else text, True)
    except xml.parsers.expat.ExpatError as e:
        raise s_exc.BadArg(mesg=f'Invalid XML text: {e}') from e
    except ValueError as e:
        raise s_exc.BadArg(mesg=f'Invalid XML text: {e}') from e
    return roots[0]


@lib('$lib.xml.parse', pure=True)
def xml_parse(rt: Runtime, valu: str) -> XmlElement:
    """Return the root element of a document. Raises: BadArg."""
    return parse_xml(valu)


@s_registry.getter('xml:element', 'name')
def xml_name(rt: Runtime, obj: XmlElement) -> str:
    """The name of the element."""
    return obj.name


@s_registry.getter('xml:element', 'attrs')
def xml_attrs(rt: Runtime, obj: XmlElement) -> dict[str, str]:
    """The attributes by name."""
    return dict(obj.attrs)


@s_registry.getter('xml:element', 'text')
def xml_text(rt: Runtime, obj: XmlElement) -> str | None:
    """The text before the first child, null when there is none."""
    return ''.join(obj.texts) if obj.texts else None


@method('xml:element', 'find')
def xml_find(rt: Runtime, obj: XmlElement, name: str, nested: bool = True) -> typing.Iterator[XmlElement]:
    """Yield the elements of a name: among the children, and below them too if nested."""
    return (item for item in (obj.walk() if nested else iter(obj.kids)) if item.name == name)


@method('xml:element', 'get', pure=True)
def xml_get(rt: Runtime, obj: XmlElement, name: str) -> XmlElement | None:
    """Return the first child of a name, null when there is none."""
    return next((item for item in obj.kids if item.name == name), None)


# HTML

s_registry.libdoc('$lib.mime.html', 'HTML documents.')


class _Texts(html.parser.HTMLParser):
    """Collects the texts of a document."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.texts: list[str] = []

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


@lib('$lib.mime.html.totext', pure=True)
def html_totext(rt: Runtime, html: str, separator: str | None = '\n', strip: bool = True) -> str:
    """Return the texts of a document with a separator between them; strip removes white space around each."""
    parser = _Texts()
    parser.feed(html)
    parser.close()
    texts = parser.texts
    if strip:
        texts = [text for text in (text.strip() for text in texts) if text]
    s_libroot.bounded(sum(map(len, texts)) + len(texts) * len(separator or ''))
    return (separator or '').join(texts)

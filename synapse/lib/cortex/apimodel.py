"""What remote callers may ask of the data model: look at it, normalise by it, extend it (spec: cortex.md 2.2)."""

from __future__ import annotations

import typing

import synapse.lib.cell as s_cell

if typing.TYPE_CHECKING:
    import synapse.cortex as s_cortex

Any = typing.Any
Info = dict[str, Any]
TypeDef = tuple[str, dict[str, Any]]


class ModelApi(s_cell.CellApi):
    """The calls of a Cortex that concern its data model."""

    cell: s_cortex.Cortex

    async def getModelDict(self) -> Info:
        """Return the data model (cortex.md 5.1)."""
        return self.cell.getModelDict()

    async def getModelDefs(self) -> Any:
        """Return the declarations of the data model (cortex.md 5.2)."""
        return self.cell.getModelDefs()

    async def getFormsByPrefix(self, prefix: str) -> list[str]:
        """Return the sorted names of the forms that begin with a text."""
        return [form.name for form in self.cell.model.forms_by_prefix(prefix)]

    async def getPropNorm(self, prop: str, valu: Any, typeopts: Info | None = None) -> Any:
        """Return (normalised value, info) for a property. Raises: NoSuchProp, BadTypeValu."""
        return self.cell.norm_prop(prop, valu, typeopts)

    async def getTypeNorm(self, name: str, valu: Any, typeopts: Info | None = None) -> Any:
        """Return (normalised value, info) for a type. Raises: NoSuchType, BadTypeValu."""
        return self.cell.norm_type(name, valu, typeopts)

    # extending it

    async def addType(self, name: str, base: str, opts: Info, info: Info) -> None:
        """Add a type, whose name begins with ``_``."""
        await self._reqUserAllowed(('model', 'type', 'add', name))
        await self.cell.extmodel.addType(name, base, opts, info)

    async def addForm(self, formname: str, basetype: str, typeopts: Info, typeinfo: Info) -> None:
        """Add a form, whose name begins with ``_``."""
        await self._reqUserAllowed(('model', 'form', 'add', formname))
        await self.cell.extmodel.addForm(formname, basetype, typeopts, typeinfo)

    async def delForm(self, formname: str) -> None:
        """Remove a form that was added."""
        await self._reqUserAllowed(('model', 'form', 'del', formname))
        await self.cell.extmodel.delForm(formname)

    async def addFormProp(self, form: str, prop: str, tdef: TypeDef, info: Info) -> None:
        """Add a property, whose name begins with ``_`` unless the form was added, too."""
        await self._reqUserAllowed(('model', 'prop', 'add', form))
        await self.cell.extmodel.addFormProp(form, prop, tdef, info)

    async def delFormProp(self, form: str, name: str) -> None:
        """Remove a property that was added."""
        await self._reqUserAllowed(('model', 'prop', 'del', form))
        await self.cell.extmodel.delFormProp(form, name)

    async def addUnivProp(self, name: str, tdef: TypeDef, info: Info) -> None:
        """Add a universal property, named without its dot."""
        await self._reqUserAllowed(('model', 'univ', 'add'))
        await self.cell.extmodel.addUnivProp(name, tdef, info)

    async def delUnivProp(self, name: str) -> None:
        """Remove a universal property, named without its dot."""
        await self._reqUserAllowed(('model', 'univ', 'del'))
        await self.cell.extmodel.delUnivProp(name)

    async def addTagProp(self, name: str, tdef: TypeDef, info: Info) -> None:
        """Add a tag property."""
        await self._reqUserAllowed(('model', 'tagprop', 'add'))
        await self.cell.extmodel.addTagProp(name, tdef, info)

    async def delTagProp(self, name: str) -> None:
        """Remove a tag property."""
        await self._reqUserAllowed(('model', 'tagprop', 'del'))
        await self.cell.extmodel.delTagProp(name)

    async def addEdge(self, edge: tuple[str | None, str, str | None], info: Info) -> None:
        """Declare an edge, whose verb begins with ``_``."""
        await self._reqUserAllowed(('model', 'edge', 'add'))
        await self.cell.extmodel.addEdge(edge, info)

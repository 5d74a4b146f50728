"""The error vocabulary: one table of names, parents and meanings, from which the exception classes are made.

Every error that a caller may see is a SynErr with keyword info (``mesg`` by custom says what happened in a sentence).
The class name and the info travel over Telepath and HTTP, so both are part of the contract (spec: telepath.md 4,
storm-language.md 13, cell.md). A name that a remote peer sends and we do not know arrives as a plain SynErr with
``errx`` set to that name.
"""

from __future__ import annotations

import typing


class SynErr(Exception):
    """Base of all our errors.

    Args:
        info: Any msgpack-able keyword values that describe the failure; ``mesg`` is the text for humans.
    """

    def __init__(self, /, *args: typing.Any, **info: typing.Any) -> None:
        self.errinfo = info
        super().__init__(*args)

    def __str__(self) -> str:
        body = ' '.join(f'{k}={v!r}' for k, v in sorted(self.errinfo.items()))
        args = ' '.join(str(a) for a in self.args)
        text = ' '.join(part for part in (args, body) if part)
        return f'{self.errname}: {text}' if text else self.errname

    @property
    def errname(self) -> str:
        """The class name, which is the wire name of the error."""
        return self.__class__.__name__

    def get(self, name: str, defv: typing.Any = None) -> typing.Any:
        """Return one value of the error info."""
        return self.errinfo.get(name, defv)

    def items(self) -> dict[str, typing.Any]:
        """Return a copy of the error info as a dict."""
        return dict(self.errinfo)

    def set(self, name: str, valu: typing.Any) -> None:
        """Set one value of the error info."""
        self.errinfo[name] = valu

    def setdefault(self, name: str, valu: typing.Any) -> None:
        """Set one value of the error info unless it is there already."""
        self.errinfo.setdefault(name, valu)

    def update(self, info: dict[str, typing.Any]) -> None:
        """Set several values of the error info."""
        self.errinfo.update(info)

    def __reduce__(self) -> tuple[typing.Any, ...]:
        return (_rebuild, (self.errname, self.args, self.errinfo))


# name, parent, meaning. A parent must stand above its children.
_TABLE = """
StormRuntimeError       SynErr             a Storm query failed while it ran
StormRaise              SynErr             raised by the user with $lib.raise(); errname holds the user's name
StormVarListError       StormRuntimeError  unpacking met a value of the wrong length
StormExit               SynErr             a query ended itself with $lib.exit()
StormReturn             SynErr             a query that gives no value ended with return()
StormPkgConflicts       SynErr             a Storm package clashes with one that is loaded
StormPkgRequires        SynErr             a Storm package misses a requirement
StormTimedOut           SynErr             a Storm level time limit passed
AhaSvcNameErr           SynErr             an AHA service name is not valid
AuthDeny                SynErr             the caller may not do this
BackupAlreadyRunning    SynErr             one backup at a time
BadArg                  SynErr             an argument has no sensible meaning
BadCast                 SynErr             a Storm value could not be turned into the type asked for
BadCertBytes            SynErr             bytes are not a certificate
BadCertHost             SynErr             the certificate is for another host
BadCertVerify           SynErr             the certificate chain does not verify
BadCmprType             SynErr             the comparator does not fit the type
BadCmprValu             SynErr             the comparator does not fit the value
BadConfValu             SynErr             a configuration value is wrong
BadCoreStore            SynErr             the store cannot be used as it is
BadCtorType             SynErr             a constructor made something of the wrong type
BadDataValu             SynErr             data that should be well formed is not
BadEccExchange          SynErr             a key exchange failed
BadEdgeDef              SynErr             an edge definition is wrong
BadFileExt              SynErr             unsupported file extension
BadFormDef              SynErr             a form definition is wrong
BadHivePath             SynErr             a tree path is wrong
BadHttpParam            SynErr             an HTTP parameter is wrong
BadIndxValu             SynErr             a value that cannot be indexed
BadJsonText             SynErr             text is not JSON
BadLiftValu             SynErr             a value that cannot be lifted
BadMesgFormat           SynErr             a protocol message has the wrong form
BadMesgVers             SynErr             a protocol message of the wrong version
BadOperArg              SynErr             an operator argument is wrong
BadOptValu              SynErr             an option value is wrong
BadPkgDef               SynErr             a Storm package definition is wrong
BadPropDef              SynErr             a property definition is wrong
BadState                SynErr             the object is in the wrong state for this
BadStorageVersion       SynErr             data of a version that this code does not read
BadSyntax               SynErr             query text that does not parse
BadTag                  SynErr             not a tag name
BadTime                 SynErr             not a time
BadTypeDef              SynErr             a type definition is wrong
BadTypeValu             SynErr             a value that does not normalise for its type
BadUrl                  SynErr             not a URL that we can use
BadVersion              SynErr             a version out of the accepted range
CantDelEdge             SynErr             an edge definition is still used
CantDelForm             SynErr             a form is still used
CantDelNode             SynErr             a node is still referenced
CantDelProp             SynErr             a property is still used
CantDelType             SynErr             a type is still used
CantDelUniv             SynErr             a universal property is still used
CantDelView             SynErr             a view is protected or used
CantMergeView           SynErr             a view that cannot be merged
CantRevLayer            SynErr             layer data newer than the code
CliFini                 SynErr             leave the interactive prompt
CryptoErr               SynErr             a cryptographic operation failed
DataAlreadyExists       SynErr             already stored
DbOutOfSpace            SynErr             no room left for the database
DmonSpawn               SynErr             error in a spawned worker
DupFileName             SynErr             file exists
DupFormName             SynErr             form exists
DupIden                 SynErr             iden exists
DupIndx                 SynErr             index exists
DupName                 SynErr             name exists
DupPropName             SynErr             property exists
DupRoleName             SynErr             role exists
DupStormSvc             SynErr             Storm service exists
DupTagPropName          SynErr             tag property exists
DupTypeName             SynErr             type exists
DupUserEmail            SynErr             an email address is taken
DupUserName             SynErr             user exists
DupEdgeType             SynErr             edge definition exists
FatalErr                SynErr             the service cannot go on
FeatureNotSupported     SynErr             the remote end is too old for this
FileExists              SynErr             file exists
HitLimit                SynErr             a configured limit was reached
HitMaxTime              SynErr             a time limit passed
InconsistentStorage     SynErr             stored data contradicts itself
ImapError               SynErr             an IMAP server refused, or does not speak IMAP
IsDeprLocked            SynErr             a deprecated model element is locked
IsFini                  SynErr             the object was shut down
IsReadOnly              SynErr             writes are not accepted here
IsRuntForm              SynErr             a runtime-only form cannot be edited
LayerInUse              SynErr             a view uses the layer
LinkErr                 SynErr             a connection failed
LinkBadCert             LinkErr            the peer's certificate is not the pinned one
LinkShutDown            LinkErr            the connection was closed
LowSpace                SynErr             too little disk space
LmdbLock                SynErr             the store is locked by another process
MapSizeChanged          SynErr             the store was resized elsewhere
MissingField            SynErr             a needed field is missing
ModAlreadyLoaded        SynErr             module loaded twice
MustBeJsonSafe          SynErr             a value that JSON cannot hold
NeedConfValu            SynErr             a configuration value is needed
NoCertKey               SynErr             private key missing
NoSuchAbrv              SynErr             no such abbreviation
NoSuchAct               SynErr             no such action
NoSuchAuthGate          SynErr             no such auth gate
NoSuchCert              SynErr             no such certificate
NoSuchCmd               SynErr             no such command
NoSuchCmpr              SynErr             no such comparator
NoSuchCond              SynErr             no such condition
NoSuchCtor              SynErr             no such constructor
NoSuchDecoder           SynErr             no such decoder
NoSuchDir               SynErr             no such directory
NoSuchDyn               SynErr             no such dynamic object
NoSuchEdge              SynErr             no such edge definition
NoSuchEncoder           SynErr             no such encoder
NoSuchFile              SynErr             no such file
NoSuchForm              SynErr             no such form
NoSuchFunc              SynErr             no such function
NoSuchIden              SynErr             no such iden
NoSuchImpl              SynErr             not implemented here
NoSuchIndx              SynErr             no such index
NoSuchLayer             SynErr             no such layer
NoSuchLift              SynErr             no such lift
NoSuchMeth              SynErr             no such method
NoSuchName              SynErr             no such name
NoSuchObj               SynErr             no such object
NoSuchOpt               SynErr             no such option
NoSuchPath              SynErr             no such path
NoSuchPkg               SynErr             no such Storm package
NoSuchPivot             SynErr             the model knows no such relation
NoSuchProp              SynErr             no such property
NoSuchRole              SynErr             no such role
NoSuchStor              SynErr             no such storage
NoSuchStormSvc          SynErr             no such Storm service
NoSuchTagProp           SynErr             no such tag property
NoSuchType              SynErr             no such type
NoSuchUniv              SynErr             no such universal property
NoSuchUser              SynErr             no such user
NoSuchVar               SynErr             no such variable
NoSuchView              SynErr             no such view
NotANumberCompared      SynErr             comparison needs numbers
NotMsgpackSafe          SynErr             a value that msgpack cannot hold
NotReady                SynErr             not ready yet
ParserExit              SynErr             a command line parser ended
PathExists              SynErr             the path exists
ReadOnlyLayer           SynErr             the layer takes no writes
ReadOnlyProp            SynErr             the property takes no writes
RecursionLimitHit       SynErr             nested too deep
RemoteErr               SynErr             the remote end failed
SchemaViolation         SynErr             a value does not match its schema
ShuttingDown            SynErr             the service is shutting down
SlabAlreadyOpen         SynErr             the store is open already
SlabInUse               SynErr             somebody still reads the store
SpawnExit               SynErr             a worker process ended
StepTimeout             SynErr             a step took too long
TeleRedir               SynErr             the service lives elsewhere
TimeOut                 SynErr             the time to wait passed
UnpackError             SynErr             bytes that do not unpack
WouldBeRemote           SynErr             not allowed for remote callers
"""


def _rebuild(name: str, args: tuple[typing.Any, ...], info: dict[str, typing.Any]) -> SynErr:
    err: SynErr = globals()[name](*args, **info)
    return err


def _make() -> dict[str, type[SynErr]]:
    classes: dict[str, type[SynErr]] = {'SynErr': SynErr}
    for line in _TABLE.strip().splitlines():
        name, parent, meaning = line.split(None, 2)
        if name in classes:
            raise ValueError(f'error name declared twice: {name}')
        classes[name] = type(name, (classes[parent],), {'__doc__': meaning, '__module__': __name__})
    return classes


CLASSES = _make()
globals().update(CLASSES)


def __getattr__(name: str) -> type[SynErr]:  # for type checkers: the classes are made from the table above
    raise AttributeError(f'module {__name__} has no attribute {name}')


def make(name: str, /, **info: typing.Any) -> SynErr:
    """Return an error of the named class, or a SynErr with ``errx`` when the name is not in our vocabulary."""
    cls = CLASSES.get(name)
    if cls is None:
        info.setdefault('errx', name)
        return SynErr(**info)
    return cls(**info)

"""Policies, standards, requirements, resumes."""

IFACES = """
doc:document  *  [new] A document.
    @fill type=NEWP, document=document, documents=documents
    id            str(strip)            The identifier of the {document}.
    name          str(lower onespace)   The name of the {document}.
    type          <type>                What kind of {document} it is.
    text          str                   The text of the {document}.
    file          file:bytes            The {document} as a file.
    created       time                  When the {document} was written.
    updated       time                  When the {document} was last changed.
    author        ps:contact            Who mainly wrote the {document}.
    contributors  {ps:contact}          Who else wrote the {document}.
    version       it:semver             The version of the {document}.
    supersedes    {$self}               The {documents} that it replaced.
"""

FORMS = """
doc:policy:type:taxonomy  taxonomy  [new] Kinds of policies.
    @is meta:taxonomy

doc:policy  guid  [new] Principles that an organization acts by.
    @is doc:document
    @fill document=policy, documents=policies, type=doc:policy:type:taxonomy

doc:standard:type:taxonomy  taxonomy  [new] Kinds of standards.
    @is meta:taxonomy

doc:standard  guid  [new] Rules of how something has to be.
    @is doc:document
    @fill document=standard, documents=standards, type=doc:standard:type:taxonomy
    policy        doc:policy    The policy that it puts into practice.

doc:requirement:type:taxonomy  taxonomy  [new] Kinds of requirements.
    @is meta:taxonomy

doc:requirement  guid  [new] A single rule of a standard.
    @is doc:document
    @fill document=requirement, documents=requirements, type=doc:requirement:type:taxonomy
    summary       str               [text] What has to be so.
    optional      bool              Whether it may be left out.
    priority      meta:priority     How important it is.
    standard      doc:standard      The standard.

doc:resume:type:taxonomy  taxonomy  [new] Kinds of resumes.
    @is meta:taxonomy

doc:resume  guid  [new] A resume.
    @is doc:document
    @fill document=resume, documents=resumes, type=doc:resume:type:taxonomy
    contact       ps:contact        Whose it is.
    summary       str               [text] What the person says of itself.
    workhist      {ps:workhist}     The jobs in it.
    education     {ps:education}    The times of study in it.
    achievements  {ps:achievement}  The awards and certificates in it.
"""

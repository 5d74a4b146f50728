"""Policies, standards, requirements, resumes."""

IFACES = """
doc:document  *  [new]
    @fill type=NEWP, document=document, documents=documents
    id            str(strip)
    name          str(lower onespace)
    type          <type>
    text          str
    file          file:bytes
    created       time
    updated       time
    author        ps:contact
    contributors  {ps:contact}
    version       it:semver
    supersedes    {$self}
"""

FORMS = """
doc:policy:type:taxonomy  taxonomy  [new]
    @is meta:taxonomy

doc:policy  guid  [new]
    @is doc:document
    @fill document=policy, documents=policies, type=doc:policy:type:taxonomy

doc:standard:type:taxonomy  taxonomy  [new]
    @is meta:taxonomy

doc:standard  guid  [new]
    @is doc:document
    @fill document=standard, documents=standards, type=doc:standard:type:taxonomy
    policy        doc:policy

doc:requirement:type:taxonomy  taxonomy  [new]
    @is meta:taxonomy

doc:requirement  guid  [new]
    @is doc:document
    @fill document=requirement, documents=requirements, type=doc:requirement:type:taxonomy
    summary       str               [text]
    optional      bool
    priority      meta:priority
    standard      doc:standard

doc:resume:type:taxonomy  taxonomy  [new]
    @is meta:taxonomy

doc:resume  guid  [new]
    @is doc:document
    @fill document=resume, documents=resumes, type=doc:resume:type:taxonomy
    contact       ps:contact
    summary       str               [text]
    workhist      {ps:workhist}
    education     {ps:education}
    achievements  {ps:achievement}
"""

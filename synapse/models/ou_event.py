"""Meetings, conferences, presentations and contests."""

FORMS = """
ou:award  guid
    name          str(lower onespace)
    type          str(lower onespace)
    org           ou:org

ou:attendee  guid
    person            ps:contact
    arrived           time
    departed          time
    roles             {ou:role ,}
    meet              ou:meet
    conference        ou:conference
    conference:event  ou:conference:event
    contest           ou:contest
    preso             ou:preso

ou:preso  guid
    @columns time title conference::name
    organizer         ps:contact
    sponsors          {ps:contact}
    presenters        {ps:contact}
    title             str(lower)
    desc              str(lower)        [text]
    time              time
    duration          duration
    loc               loc
    place             geo:place
    deck:url          inet:url
    deck:file         file:bytes
    attendee:url      inet:url
    recording:url     inet:url
    recording:file    file:bytes
    conference        ou:conference

ou:meet  guid
    name          str(lower)
    start         time
    end           time
    place         geo:place

ou:meet:attendee  (meet=ou:meet, person=ps:person)  [deprecated]
    meet          ou:meet       [ro]
    person        ps:person     [ro]
    arrived       time
    departed      time

ou:conference  guid
    @columns start end name url
    org           ou:org
    organizer     ps:contact
    sponsors      {ps:contact}
    name          entity:name       [alts=names]
    names         {entity:name}     [new]
    desc          str(lower)        [text]
    base          str(lower strip)
    start         time
    end           time
    place         geo:place
    url           inet:url

ou:conference:attendee  (conference=ou:conference, person=ps:person)  [deprecated]
    conference    ou:conference     [ro]
    person        ps:person         [ro]
    arrived       time
    departed      time
    role:staff    bool
    role:speaker  bool
    roles         {str}

ou:conference:event  guid
    @columns start end name conference::name
    conference    ou:conference
    organizer     ps:contact
    sponsors      {ps:contact}
    place         geo:place
    name          str(lower)
    desc          str(lower)        [text]
    url           inet:url
    contact       ps:contact
    start         time
    end           time

ou:conference:event:attendee  (conference=ou:conference:event, person=ps:person)  [deprecated]
    event         ou:conference:event   [ro]
    person        ps:person             [ro]
    arrived       time
    departed      time
    roles         {str}

ou:contest  guid
    name          str(lower onespace)
    type          str(lower onespace)
    family        str(lower onespace)
    desc          str(lower)            [text]
    url           inet:url
    start         time
    end           time
    loc           loc
    place         geo:place
    latlong       geo:latlong
    conference    ou:conference
    contests      {ou:contest ,}
    sponsors      {ps:contact ,}
    organizers    {ps:contact ,}
    participants  {ps:contact ,}

ou:contest:result  (contest=ou:contest, participant=ps:contact)
    contest       ou:contest    [ro]
    participant   ps:contact    [ro]
    rank          int
    score         int
    period        ival          [new]
    url           inet:url
"""

"""Meetings, conferences, presentations and contests."""

FORMS = """
ou:award  guid  An award or certificate that an organization gives.
    name          str(lower onespace)   The name of the award. Ex: bachelor of science
    type          str(lower onespace)   What kind of award it is. Ex: certification
    org           ou:org                The organization.

ou:attendee  guid  Somebody was at an event.
    person            ps:contact            Who was there.
    arrived           time                  When the person came.
    departed          time                  When the person left.
    roles             {ou:role ,}           What the person did there.
    meet              ou:meet               The meeting.
    conference        ou:conference         The conference.
    conference:event  ou:conference:event   The event of a conference.
    contest           ou:contest            The contest.
    preso             ou:preso              The presentation.

ou:preso  guid  A presentation.
    @columns time title conference::name
    organizer         ps:contact        Who arranged it.
    sponsors          {ps:contact}      Who paid for it.
    presenters        {ps:contact}      Who presented.
    title             str(lower)        The title. Ex: Graphs for analysts
    desc              str(lower)        [text] What it was about.
    time              time              When it began.
    duration          duration          How long it took.
    loc               loc               The region where it was.
    place             geo:place         The place where it was.
    deck:url          inet:url          Where the slides are.
    deck:file         file:bytes        The slides.
    attendee:url      inet:url          Where one could take part online.
    recording:url     inet:url          Where the recording is.
    recording:file    file:bytes        The recording.
    conference        ou:conference     The conference that it was part of.

ou:meet  guid  A meeting.
    name          str(lower)    A short title.
    start         time          When it began.
    end           time          When it ended.
    place         geo:place     The place where it was.

ou:meet:attendee  (meet=ou:meet, person=ps:person)  [deprecated] Somebody was at a meeting; use ou:attendee.
    meet          ou:meet       [ro] The meeting.
    person        ps:person     [ro] Who was there.
    arrived       time          When the person came.
    departed      time          When the person left.

ou:conference  guid  A conference.
    @columns start end name url
    org           ou:org            The organization that holds it.
    organizer     ps:contact        Who arranged it.
    sponsors      {ps:contact}      Who paid for it.
    name          entity:name       [alts=names] The name of the conference. Ex: defcon 2017
    names         {entity:name}     [new] Other names of the conference.
    desc          str(lower)        [text] What it was about. Ex: A yearly conference on information security
    base          str(lower strip)  The name of the series that it belongs to. Ex: defcon
    start         time              When it began.
    end           time              When it ended.
    place         geo:place         The place where it was.
    url           inet:url          Its web site.

ou:conference:attendee  (conference=ou:conference, person=ps:person)  [deprecated] Somebody was at a conference; use
                                                                      ou:attendee.
    conference    ou:conference     [ro] The conference.
    person        ps:person         [ro] Who was there.
    arrived       time              When the person came.
    departed      time              When the person left.
    role:staff    bool              Whether the person worked there.
    role:speaker  bool              Whether the person spoke there.
    roles         {str}             What else the person did there.

ou:conference:event  guid  A single event at a conference.
    @columns start end name conference::name
    conference    ou:conference     The conference.
    organizer     ps:contact        Who arranged it.
    sponsors      {ps:contact}      Who paid for it.
    place         geo:place         The place where it was.
    name          str(lower)        The name of the event. Ex: dinner of the speakers
    desc          str(lower)        [text] What it was about. Ex: A dinner for all who spoke on the first day
    url           inet:url          Where it is described.
    contact       ps:contact        Whom to ask.
    start         time              When it began.
    end           time              When it ended.

ou:conference:event:attendee  (conference=ou:conference:event, person=ps:person)  [deprecated] Somebody was at an event
                                                                                  of a conference; use ou:attendee.
    event         ou:conference:event   [ro] The event.
    person        ps:person             [ro] Who was there.
    arrived       time                  When the person came.
    departed      time                  When the person left.
    roles         {str}                 What the person did there.

ou:contest  guid  A contest.
    name          str(lower onespace)   The name of the contest. Ex: defcon ctf 2020
    type          str(lower onespace)   What kind of contest it was. Ex: cyber ctf
    family        str(lower onespace)   The series that it belongs to. Ex: defcon ctf
    desc          str(lower)            [text] What was to be done. Ex: A capture the flag contest for teams of eight
    url           inet:url              Its web site.
    start         time                  When it began.
    end           time                  When it ended.
    loc           loc                   The region where it was.
    place         geo:place             The place where it was.
    latlong       geo:latlong           The position where it was.
    conference    ou:conference         The conference that it was part of.
    contests      {ou:contest ,}        The contests that it consists of.
    sponsors      {ps:contact ,}        Who paid for it.
    organizers    {ps:contact ,}        Who arranged it.
    participants  {ps:contact ,}        Who took part.

ou:contest:result  (contest=ou:contest, participant=ps:contact)  How somebody did in a contest.
    contest       ou:contest    [ro] The contest.
    participant   ps:contact    [ro] Who took part.
    rank          int           The place that was reached.
    score         int           The points that were reached.
    period        ival          [new] From when to when the participant took part.
    url           inet:url      Where the result is shown.
"""

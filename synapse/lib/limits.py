"""Every bound of the storage and of the change log, with the reason for each number.

Sizes are bytes, times are seconds. Other parts add a section of their own; a bound that is not here does not exist.
"""

from __future__ import annotations

KIB = 1024
MIB = 1024 * KIB
GIB = 1024 * MIB

# --- slab: LMDB environments ------------------------------------------------------------------------------------------

# Address space reserved above what a database uses. It costs no memory and no disk, only numbers in the page tables;
# a generous room makes growth (which must wait until no snapshot is open) a rare event.
SLAB_MAP_ROOM = 32 * GIB

# When address space is scarce (RLIMIT_AS, odd containers) the room is halved until the map fits, down to this.
SLAB_MAP_ROOM_MIN = 1 * GIB

# A map is regrown when less than this is left above the pages in use and the batch at hand.
SLAB_MAP_LOW = 512 * MIB

# One byte of log can touch many pages (an edit of 100 bytes changes a leaf of 4 KiB in several indexes).
SLAB_GROWTH_FACTOR = 40

# Bytes of disk for one byte of log: new pages at both ends of a commit.
SLAB_DISK_FACTOR = 8

# Never write when the volume has less than this left: a commit must not fail half way through.
SLAB_DISK_RESERVE = 64 * MIB

# Named databases in one environment. Each slot costs 48 bytes for each transaction.
SLAB_MAX_DBS = 512

# Concurrent read transactions in one environment, over all processes (backups, the offline tool).
SLAB_MAX_READERS = 256

# Rows that a scan fetches before it lets go of its cursor.
SLAB_SCAN_ROWS = 256

# A set of a query that has more members, or bytes, goes to disk: few enough to move in some hundredths of a second.
SPOOL_ITEMS = 10000
SPOOL_BYTES = 4 * MIB

# --- nexus: the change log --------------------------------------------------------------------------------------------

# One batch of the group commit: enough to make the fsync negligible, little enough to apply in a few milliseconds.
NEXS_BATCH_BYTES = 4 * MIB
NEXS_BATCH_ENTRIES = 2048

# Applying a batch lets other tasks run after this long (one entry is never interrupted).
NEXS_APPLY_SLICE = 0.01

# The largest single entry. A record's length is a u32; the bound is far below so that a bad length is recognised.
NEXS_ENTRY_BYTES = 1 * GIB

# A segment is closed at this size. Also the amount that is read at most to find the end of the log at start.
NEXS_SEGMENT_BYTES = 64 * MIB

# Zeros that are kept ahead of the end of the active segment: small batches are synced in two thirds of the time when
# the file need not grow. Batches above a quarter of it grow the file.
NEXS_AHEAD = 256 * KIB

# A batch up to these bytes is synced in the event loop when nothing else is to be logged, while syncs take less than
# these seconds: the hand-over to a thread and back would cost as much as the sync itself.
NEXS_INLINE_BYTES = 16 * KIB
NEXS_INLINE_SECS = 0.0003

# The event loop turns for so many times of a sync, at most, to bring more changes for a batch.
NEXS_GATHER = 4

# So long may one task make changes on the spot, one after the other, before the event loop turns.
NEXS_SOLO_SECS = 0.002

# So many changes are batched after two tasks came in one turn of the event loop, before one is tried on the spot again.
NEXS_COMPANY = 256

# Bytes that a reader of the log takes from a segment at once.
NEXS_READ_BYTES = 512 * KIB

# Checkpoint policy: a commit blocks the event loop, so it is made while idle when possible, by age while busy, and in
# any case before it gets long: 8 MiB of small changes to random keys dirty some 200 MiB of pages, which live in memory
# until the commit writes them (0.1 to 0.2 s on an SSD).
NEXS_CHECKPOINT_IDLE = 1.0
NEXS_CHECKPOINT_AGE = 5.0
NEXS_CHECKPOINT_BYTES = 8 * MIB

# A database that nobody wrote to is committed, only to record its offset, when it lags by this many log bytes.
NEXS_CHECKPOINT_LAG_BYTES = 256 * MIB

# The relaxed promise of the ``fast`` option: the log is synced at most this much later.
NEXS_FAST_SYNC = 1.0

# Entries that wait to be logged. A caller beyond waits for a place (back-pressure, never an error).
NEXS_QUEUE_BYTES = 256 * MIB

# A write on a follower waits this long for the leader (cell.md 7.4).
NEXS_LEADER_TIMEOUT = 30.0

# Idens of forwarded changes that a log remembers, to recognise one that is sent again after a lost link.
NEXS_RESPS_KEPT = 64 * 1024

# Seconds after which a log that is read and stands still says that it is there, and that a follower waits for that.
NEXS_PULSE_SECS = 10.0
NEXS_SILENCE_SECS = 35.0

# Records of the leader that a follower unpacks before others get their turn.
NEXS_FOLLOW_SLICE = 256

# Bytes of foreign entries that a follower takes ahead of applying them.
NEXS_FOLLOW_BYTES = 16 * MIB

# --- cell: the service around it --------------------------------------------------------------------------------------

# Log lines kept in memory for ``logs()`` and ``watch()``, and the bound of a watcher's queue.
CELL_LOGS_KEPT = 1000

# Change events that a reader of ``behold()`` may be behind before it is cut off (cell.md 5.10).
CELL_BEHOLD_QUEUE = 10000

# Seconds between two looks at the free disk space and at the kernel settings (cell.md 9).
CELL_CHECK_SLEEP = 60.0

# Seconds before an active coroutine that failed is started again (cell.md 4).
CELL_ACTIVE_RETRY = 1.0

# Bytes in one item of a backup stream (cell.md 8.1), and chunks that the reader may be behind.
CELL_BACKUP_CHUNK = 256 * KIB
CELL_BACKUP_QUEUE = 4

# Seconds that AHA may take to tell who leads: a start waits for it, so does a promotion.
FENCE_ASK_SECS = 5.0

# Seconds between two looks of a leader at its term in AHA.
FENCE_POLL_SECS = 15.0

# Blobs that a follower fetches from its leader at once, and seconds that a reader waits for one.
AXON_FETCHES = 8
AXON_FETCH_SECS = 60.0

# Seconds to connect to a leader, and before the next try.
MIRROR_LINK_SECS = 20.0
MIRROR_RETRY_SECS = 1.0

# Seconds that a handoff may take in its parts, and between two attempts to learn how one with a lost answer ended.
HANDOFF_SECS = 30.0
HANDOFF_RETRY_SECS = 1.0

# Seconds between two attempts to tell the former leader that it was deposed.
DEPOSE_TELL_SECS = 5.0

# Bytes that a restore reads from its URL at once.
CELL_RESTORE_CHUNK = 1 * MIB

# --- telepath: the wire -----------------------------------------------------------------------------------------------

# One message. The protocol knows no other bound than that of the decoder (telepath.md 2).
TELE_MESG_BYTES = 2**32 - 1

# Unsent bytes in a transport at which the sender is made to wait: enough to keep a socket busy, little enough that a
# slow consumer is felt by the generator at once.
TELE_WRITE_BYTES = 256 * KIB

# What the kernel may hold of a unix socket's unsent bytes, where it allows so much.
TELE_SOCKET_BYTES = 1 * MIB

# Yields are gathered up to this size before they are written: one system call for some hundred small items.
TELE_FLUSH_BYTES = 64 * KIB

# A value of at least this many bytes is sent beside its header instead of being copied behind it.
TELE_BULK_BYTES = 64 * KIB

# What is sent at once of a value that lies in a file.
TELE_PIECE_BYTES = 1 * MIB

# The beginning of a message is looked at when so many bytes come at once: one with a large value has more.
TELE_PEEK_BYTES = 1 * KIB

# A value of so many bytes is received into memory of its own: in the decoder, whose buffer doubles, it would be copied.
TELE_PLAIN_BYTES = 2 * MIB

# A decoder that had so many bytes is replaced when nothing is in it: it keeps the size of its largest message.
TELE_DECODER_BYTES = 4 * MIB

# Bytes of further messages that a server link holds while a call is running. Beyond, it stops reading (and would notice
# a lost peer only when it writes).
TELE_QUEUE_BYTES = 1 * MIB

# Bytes that a client link takes from the socket while nobody asks for its messages.
TELE_READ_AHEAD_BYTES = 1 * MIB

# Malformed messages after which a link is closed: a port scan or a browser must not fill the log byte by byte.
TELE_BAD_MESGS = 32

# A link that never waits, of a client that pipelines or a generator that never suspends, lets others run this often.
TELE_TURN_SECS = 0.004

# Seconds that the head of a stream waits for the first item, to be one write with it.
TELE_LINGER = 0.005

# Idle links above this number are closed one by one, so that a burst of parallel calls leaves no crowd behind.
TELE_IDLE_LINKS = 12
TELE_IDLE_CULL_SECS = 10.0

# Pause between attempts of a reconnecting client, time that it waits to be ready, and how often it complains.
TELE_RETRY_SECS = 0.2
TELE_READY_SECS = 10.0
TELE_COMPLAIN_SECS = 60.0

# Seconds that a reconnecting client with several URLs tries one of them.
TELE_TRY_SECS = 10.0

# TLS contexts of clients that are kept: one for each set of authorities and certificate of ours.
TELE_TLS_CONTEXTS = 32

# Seconds that the end of a server waits for running calls to finish after they were cancelled.
TELE_FINI_SECS = 10.0

# --- auth and https: who calls
# -----------------------------------------------------------------------------------------

# Decisions that are remembered for one user. Permissions carry names (forms, tags), so their number has no end.
AUTH_PERM_CACHE = 10000

# Names of profile values and variables of which is remembered that they are not set.
AUTH_MISSING = 10000

# API keys of one user, who may make them without asking anybody.
AUTH_APIKEYS_PER_USER = 1000

# HTTP sessions: as old as the cookie may be, and as many as fit in memory without thinking about it.
HTTP_SESS_DAYS = 14
HTTP_SESS_MAX = 10000

# A request body that is held in memory, and one that is streamed to disk: no disk that we know of holds more.
HTTP_BODY_BYTES = 100 * MIB
HTTP_STREAM_BYTES = 1024 * 1024 * GIB

# Messages that are known to follow each other are sent together up to this size.
HTTP_STREAM_FLUSH = 64 * KIB

# Seconds between two pings on a WebSocket, and that the end of a server waits for handlers to notice.
HTTP_PING_SECS = 10.0
HTTP_FINI_SECS = 5.0

# The expression of an extended HTTP path: characters, and seconds that one match may keep everybody else waiting.
WEBAPI_PATH = 4 * KIB
WEBAPI_MATCH = 0.1

# Pieces of an answer's body that wait for the client; each may be as large as a query makes it.
WEBAPI_PIECES = 4

# Entries of the change log that a member of the Storm pool may be behind to be asked at all.
STORM_POOL_LAG = 3600

# Seconds that a mirror has to follow before a cron job that prefers it runs here.
STORM_POOL_SYNC = 5.0

# --- storm: text to tree
# -----------------------------------------------------------------------------------------------

# Characters of one query. A text of this size takes some seconds to parse; data belongs in variables, not in the text.
STORM_TEXT = 16 * MIB

# Levels of the tree of a query: what walks over it may recurse. A nested block is two levels.
STORM_TREE_DEPTH = 200

# Symbols that wait for their end while a text is parsed (two to five for each level of nesting): stops a million of
# brackets early. The depth of the tree is what counts otherwise.
STORM_PARSE_STACK = 4096

# Trees kept by text, and the sum of their texts: a tree takes some fifty times the memory of its text.
STORM_TREES = 1000
STORM_TREES_TEXT = 1 * MIB

# A text above this is parsed in a thread, so that the event loop breathes, and is not kept.
STORM_LONG_TEXT = 64 * KIB

# --- storm: running queries -------------------------------------------------------------------------------------------

# Paths in one batch of operators without effects: starts small, so that `| limit 1` costs little, and doubles up to
# this.
STORM_BATCH_MIN = 16
STORM_BATCH = 1024

# Seconds that a query may hold the event loop before it lets others run.
STORM_SLICE = 0.005

# Nested calls and pipelines: each level costs a few frames of the host's stack.
STORM_DEPTH = 60

# Messages that wait for a client before the query waits too (storm-language.md 9.4).
STORM_MESGS = 1000

# Seconds that a message (and the edits before it) may wait for company before it is flushed and sent.
STORM_LINGER = 0.01

# When so many messages have come in that time, twice as long, up to these seconds: a flush costs less with more in it.
STORM_LINGER_MESGS = 50
STORM_LINGER_MOST = 0.05

# Texts of tags of which a query remembers what they mean.
STORM_TAGS = 1000

# Compiled queries that are kept, and the longest text worth keeping.
STORM_PLANS = 1000
STORM_PLAN_TEXT = 16 * KIB

# Pending edits of one query before they are flushed: enough to make the log's fsync and the sorted write cheap for
# each.
EDITOR_EDITS = 4000

# Node values that an editor remembers as existing.
EDITOR_KNOWN = 20000

# Nodes that an editor keeps at hand between two flushes.
EDITOR_FOUND = 2000

# A feed looks at its buffer after this many nodes, has columns of at least so many, and remembers so many values of a
# property.
FEED_STEP = 250
FEED_ALIKE = 4
FEED_SETTLED = 1000

# Ids that are held as a set to answer a filter from an index.
STORM_IDSET = 1000000

# Seconds that the validation of a STIX bundle may take, in a process of its own; a large one takes some minutes.
STIX_VALIDATE_SECS = 600.0

# Validations at once, each with some hundred megabytes; others wait for their turn.
STIX_VALIDATORS = 2

# Characters of a text that a query makes from others: doubling one thirty times must end in an error, not in swap.
STORM_TEXT_VALUE = 256 * MIB

# Elements of an array value that a subquery may give, and nodes in a query's input options.
STORM_ARRAY_NODES = 128

# Nodes that a hook of the model looks at when it passes a change on (children of a domain name).
GRAPH_FIND = 100000

# Thresholds of the garbage collector in a running service: new objects before a young collection, then the two factors.
GC_THRESHOLD = (100000, 20, 50)

# Bytes of an edit log that a reader takes in one go.
SYNC_CHUNK = 256 * KIB

# Entries that a reader of edit logs, or of rows, handles before others have their turn.
SYNC_ROWS = 256

# Bytes of the names that become part of index keys: a tag, a verb or node data name, a name in the extended model.
TAG_BYTES = 300
NAME_BYTES = 480
EXT_NAME_BYTES = 80

# The definition of one addition to the model, packed: every client that asks for the model gets it.
EXT_DEF_BYTES = 2**20

# Answers of the tag model that are remembered, and seconds that one pattern of it may take: tags are checked in the
# event loop, one part at a time.
TAG_CHECKS = 10000
TAG_CHECK_TIME = 0.05

# Seconds before a merge, a push or a pull of a layer is tried again after an error.
STACKS_RETRY = 5.0

# Graph projection: nodes in one, and edges of one node that are looked at one by one (storm-language.md 11).
GRAPH_SIZE = 100000
GRAPH_EDGES = 3000

# Nodes that a model revision takes in one log entry.
MODELREV_NODES = 1000

# --- axon: blobs ------------------------------------------------------------------------------------------------------

# What a reader of a blob gets at once: a part of the contract (axon.md 2), ranges are cut at its multiples too.
AXON_CHUNK = 16 * MIB

# A blob up to this size is held in memory until it is saved, and stored in one go; a larger one is stored as it comes.
AXON_SPOOL = 1 * MIB

# Hashes of more than this are computed in a thread: below, the hand-over costs more than the hash.
AXON_HASH_INLINE = 256 * KIB

# Blobs of one hashset, `wants` or `dels` are cheap, but others must have their turn.
AXON_TURN = 512

# Seconds before bytes of removed blobs are tried to be removed again, when the store did not answer.
AXON_REAP_SECS = 10.0

# Bytes that `unpack` reads at most (axon.md 3).
AXON_UNPACK = 1 * MIB

# A line, or a CSV row, that a reader holds in memory.
AXON_LINE = 256 * MIB

# One header line of an answer to wget (axon.md 6).
AXON_HTTP_HEADER = 64 * KIB

# The body of the answer to postfiles, which is returned in one message.
AXON_HTTP_BODY = 128 * MIB

# Bytes of a blob that go over HTTP at once, in or out.
AXON_HTTP_PIECE = 1 * MIB

# Seconds that a Cortex waits for its remote Axon before a request over HTTP is refused.
AXON_READY = 30.0

# What is read of a blob, hashed, parsed at once.
BLOB_PIECE = 1 * MIB

# A pack of the default store is closed at this size. The blobs of a pack that is half empty are moved: a second or two.
BLOB_PACK = 256 * MIB

# The largest blob in a pack. A file of its own costs two more syncs, and gives its room back at once when it goes.
BLOB_PACKED = 8 * MIB

# What an upload of unknown size gathers before it is written.
BLOB_STAGE = 1 * MIB

# One write of the default store, and what may wait for its thread; a writer beyond waits for a place.
BLOB_BATCH = 8 * MIB
BLOB_QUEUE = 32 * MIB

# What of a blob is written at once while it comes in: a smaller step costs more than it is ahead.
BLOB_STEP = 512 * KIB

# Memory for one blob that comes in, and how many of that size are kept.
BLOB_MEMORY = 2 * MIB
BLOB_MEMORIES = 4

# Zeros that are kept ahead of small records in a pack, see NEXS_AHEAD.
BLOB_AHEAD = 256 * KIB

# Writes that share a sync, buffers in one system call (the kernel takes 1024), and files that are kept open.
BLOB_JOBS = 64
BLOB_IOVECS = 512
BLOB_FILES = 64

# Seconds after which the room of removed blobs is looked at, and again while it cannot be given back.
BLOB_TIDY_SECS = 1.0

# Blocks of at least this size are asked of the kernel one by one, and given back at once.
BLOB_MALLOC = 4 * MIB

# One part of a multipart upload to an object store (they ask for at least 5 MiB, and take at most 10,000 parts).
S3_PART = 8 * MIB
S3_PARTS = 10000

# Bytes that are read from an object store at once, and answers without a step of progress before that is an error.
S3_READ = 1 * MIB
S3_TRIES = 3

# --- OAuth: tokens from providers -------------------------------------------------------------------------------------

# Seconds that a provider may take to answer, and before it is asked once more after a fault of its own.
OAUTH_TIMEOUT = 30.0
OAUTH_PAUSE = 0.5

# Seconds before a refresh that failed, but not for good, is tried again; and that the refresher sleeps at most.
OAUTH_RETRY = 30.0
OAUTH_IDLE = 3600.0

# Bytes of an answer; tokens have some kilobytes at most.
OAUTH_BODY = 1 * MIB

# --- jsonstor: documents, queues, notifications
# -------------------------------------------------------------------------

# Names of a path with a byte between them: the largest key of an LMDB database.
JSON_PATH_BYTES = 511

# One object, packed. A property edit decodes and encodes the whole object in the event loop: 0.3 s at this size.
JSON_OBJ_BYTES = 32 * MIB

# Levels of dictionaries and lists in a value. Messages and log entries put some more around it, and who compares or
# converts values recurses: the packer ends at 1024 levels, Python's stack at 1000 frames.
JSON_DEPTH = 400

# An edit or copy of an object above this size is one at a time: the log entry is small, what it writes is not, and the
# room that is reserved for a batch is by the size of its entries (2048 of them at most: 256 MiB).
JSON_BIG_BYTES = 128 * KIB

# Objects that one event may copy, together: stays below the room that is always left in the map (SLAB_MAP_LOW).
JSON_COPY_BYTES = 256 * MIB

# Items that are put into a queue in one call: they are one entry of the log.
JSON_PUTS_BYTES = 128 * MIB

# Rows, and bytes, of a listing that are read and sent together.
JSON_BURST_ROWS = 256
JSON_BURST_BYTES = 256 * KIB

# The name of a queue, and the iden of a user that notifications are for.
JSON_QUEUE_NAME_BYTES = 256
JSON_USER_BYTES = 64

# Seconds without a notification after which a watcher of all of them comes to its end (jsonstor.md 5).
JSON_NOTIF_WATCH_SECS = 120.0

# --- certs: keys and certificates
# ---------------------------------------------------------------------------------------

# RSA keys of this size and certificates of ten years (aha.md 9.1): services run unattended for long.
CERT_KEY_BITS = 4096
CERT_DAYS = 3650

# A certificate is valid from a moment before it was made, for machines whose clocks are late.
CERT_BACKDATE_SECS = 300

# A service complains about its own certificates from so many days before their end, once a day.
CERT_WARN_DAYS = 30
CERT_WATCH_SECS = 86400.0

# Bytes of the subject's common name: the upper bound of the X.520 attribute.
CERT_NAME_BYTES = 64

# Connections that wait to be accepted: a client that makes many calls at once opens that many links.
TELE_BACKLOG = 1024

# --- aha: finding services, and being found ---------------------------------------------------------------------------

# Seconds for a link to an AHA server, and for each answer of one: those of the contract (aha.md 6).
AHA_CALL_SECS = 5.0

# Seconds that a start waits until AHA knows the service, and between two attempts to register (aha.md 5).
AHA_BOOT_SECS = 2.0
AHA_REGISTER_RETRY = 1.0

# Seconds between two questions of a service to AHA, which AHA servers there are.
AHA_URLS_SECS = 60.0

# Seconds before the members of a pool are asked for again, after AHA was lost (telepath.md 13.3).
AHA_POOL_RETRY = 1.0

# Bytes of a name, and of what a service tells of itself: a registry of a few megabytes at most is in memory.
AHA_NAME_BYTES = 200
AHA_INFO_BYTES = 64 * KIB

# Seconds before a mirror of AHA tries again to tell its leader that a service is gone.
AHA_RETRY = 1.0

# Seconds after which a deposed AHA hangs up on somebody it has refused: time for the answer to arrive.
AHA_HANGUP_SECS = 0.2

# Seconds that a starting AHA waits for each of the others to tell whether it leads (all at once).
AHA_ASK_SECS = 3.0

# Answers of services that their asker may be behind before they have to wait.
AHA_PEER_QUEUE = 1000

# Changes that a reader of a pool's topology may be behind before it is cut off.
AHA_TOPO_QUEUE = 10000

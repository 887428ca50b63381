BEGIN TRANSACTION;
CREATE TABLE changes (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    version_id INTEGER NOT NULL,
    live INTEGER NOT NULL
);
INSERT INTO "changes" VALUES(1,1,1);
INSERT INTO "changes" VALUES(2,2,1);
CREATE TABLE chunks (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    unit_id INTEGER NOT NULL REFERENCES units (id) ON DELETE CASCADE,
    start INTEGER NOT NULL,
    end INTEGER NOT NULL,
    text_sha256 BLOB NOT NULL
);
INSERT INTO "chunks" VALUES(1,1,0,36,X'6C456F0E4DA4697A934B746039542E52B11E53E9BE43735468C38A86D95FB807');
INSERT INTO "chunks" VALUES(2,2,0,21,X'977A8B278E1D8937D53B6CA7FFFD1946D97836FEBB3262192054CB4CC956C922');
CREATE TABLE collections (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    created_at TEXT NOT NULL
);
INSERT INTO "collections" VALUES(1,'documents','2026-11-23T17:49:58.264+00:00');
CREATE TABLE conversations (
    id TEXT PRIMARY KEY,
    principal TEXT NOT NULL,
    title TEXT NOT NULL,
    created_at TEXT NOT NULL
);
INSERT INTO "conversations" VALUES('419a72d639b840b7822ad74693c3b527','local','연차휴가는 며칠?','2026-11-23T17:49:59.030+00:00');
CREATE TABLE documents (
    row INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    collection_id INTEGER NOT NULL REFERENCES collections (id),
    locator TEXT NOT NULL,
    name TEXT NOT NULL,
    path TEXT NOT NULL,
    version_id INTEGER REFERENCES versions (id),
    status TEXT NOT NULL,
    error TEXT,
    added_at TEXT NOT NULL,
    changed_at TEXT NOT NULL,
    removed_at TEXT, modified_at TEXT, document_date TEXT,
    UNIQUE (collection_id, locator)
);
INSERT INTO "documents" VALUES(1,'d827834451aaf',1,'/documents/notice.txt','notice.txt','/documents/notice.txt',1,'searchable',NULL,'2026-11-23T17:49:58.264+00:00','2026-11-23T17:49:58.439+00:00',NULL,'2026-01-02T00:00:00.000+00:00',NULL);
INSERT INTO "documents" VALUES(2,'d7f4390e937c5',1,'/documents/휴가규정.md','휴가규정.md','/documents/휴가규정.md',2,'searchable',NULL,'2026-11-23T17:49:58.445+00:00','2026-11-23T17:49:58.452+00:00',NULL,'2026-01-02T00:00:00.000+00:00',NULL);
CREATE TABLE turn_events (
    turn_id TEXT NOT NULL REFERENCES turns (id) ON DELETE CASCADE,
    seq INTEGER NOT NULL,
    kind TEXT NOT NULL,
    data TEXT NOT NULL,
    PRIMARY KEY (turn_id, seq)
) WITHOUT ROWID;
INSERT INTO "turn_events" VALUES('2b47f70aea9f44da81957e38f7ca32d0',1,'searching','{"question": "연차휴가는 며칠?"}');
INSERT INTO "turn_events" VALUES('2b47f70aea9f44da81957e38f7ca32d0',2,'evidence','{"hits": [{"rank": 1, "score": 2.142033100128174, "document": "휴가규정.md", "document_id": "d7f4390e937c5", "collection": "documents", "version_id": 2, "unit": {"kind": "section", "number": 1, "label": "휴가 규정"}, "page": null, "text": "# 휴가 규정\n\n연차휴가는 15일이다.", "sentence": "연차휴가는 15일이다.", "start": 9, "end": 21, "lexical": 2.142033100128174, "dense": null, "duplicates": []}], "mode": "lexical", "notices": ["embedder_off"], "unfiltered": null, "search_ms": 1.2}');
INSERT INTO "turn_events" VALUES('2b47f70aea9f44da81957e38f7ca32d0',3,'done','{"finish_reason": "skipped", "usage": {"prompt_tokens": 0, "completion_tokens": 0, "cached_tokens": 0}, "timings": {"search_ms": 1.2, "first_token_ms": null, "total_ms": 2.0}, "notice": null, "problem": null, "prompt": null}');
CREATE TABLE turns (
    row INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    question TEXT NOT NULL,
    scope TEXT NOT NULL,
    finished INTEGER NOT NULL DEFAULT 0,
    created_at TEXT NOT NULL
);
INSERT INTO "turns" VALUES(1,'2b47f70aea9f44da81957e38f7ca32d0','419a72d639b840b7822ad74693c3b527','연차휴가는 며칠?','{"principal": "local", "collections": null, "filters": []}',1,'2026-11-23T17:49:59.030+00:00');
CREATE TABLE units (
    id INTEGER PRIMARY KEY,
    version_id INTEGER NOT NULL REFERENCES versions (id) ON DELETE CASCADE,
    ordinal INTEGER NOT NULL,
    kind TEXT NOT NULL,
    number INTEGER NOT NULL,
    label TEXT NOT NULL,
    text TEXT NOT NULL,
    offsets TEXT NOT NULL,
    UNIQUE (version_id, ordinal)
);
INSERT INTO "units" VALUES(1,1,1,'section',1,'lines 1-1','The boiler is inspected every March.
','[[0, 0]]');
INSERT INTO "units" VALUES(2,2,1,'section',1,'휴가 규정','# 휴가 규정

연차휴가는 15일이다.
','[[0, 0]]');
CREATE TABLE vectors (
    embedder TEXT NOT NULL,
    text_sha256 BLOB NOT NULL,
    vector BLOB NOT NULL,
    PRIMARY KEY (embedder, text_sha256)
) WITHOUT ROWID;
CREATE TABLE versions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    sha256 TEXT NOT NULL,
    parser TEXT NOT NULL,
    chunker TEXT NOT NULL,
    finished INTEGER NOT NULL DEFAULT 0,
    warnings TEXT NOT NULL DEFAULT '[]',
    units INTEGER NOT NULL DEFAULT 0,
    chunks INTEGER NOT NULL DEFAULT 0,
    created_at TEXT NOT NULL
, title TEXT NOT NULL DEFAULT '', author TEXT NOT NULL DEFAULT '', dated TEXT NOT NULL DEFAULT '');
INSERT INTO "versions" VALUES(1,'5d3f508666418aee16c3a2cdcbb5bbd446c6e8e5d5df7556fb7539115f2efe02','txt/ai-chat/2','sentences-410-2',1,'[]',1,1,'2026-11-23T17:49:58.266+00:00','','','');
INSERT INTO "versions" VALUES(2,'9db7373dac39c8c294268497e13ac30c50a3541775b81c5b7cd05e7c6ad0e234','md/ai-chat/2','sentences-410-2',1,'[]',1,1,'2026-11-23T17:49:58.445+00:00','','','');
CREATE INDEX versions_by_content ON versions (sha256, parser, chunker);
CREATE INDEX documents_by_version ON documents (version_id);
CREATE INDEX chunks_by_unit ON chunks (unit_id);
CREATE INDEX turns_by_conversation ON turns (conversation_id);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('documents',2);
INSERT INTO "sqlite_sequence" VALUES('versions',2);
INSERT INTO "sqlite_sequence" VALUES('chunks',2);
INSERT INTO "sqlite_sequence" VALUES('changes',2);
INSERT INTO "sqlite_sequence" VALUES('turns',1);
COMMIT;
PRAGMA application_id = 1095320392;
PRAGMA user_version = 3;

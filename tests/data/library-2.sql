-- A library as it was written under schema 2: two documents, no conversation.
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
INSERT INTO "chunks" VALUES(1,1,0,40,X'0D2C3F1B2FE7AC218078BD31101E7F199000D91D1DDA7F700D7C6A2BD0CD2D27');
INSERT INTO "chunks" VALUES(2,2,0,24,X'404E404D31CD7D72E49EEE7E6CB076BD3673406352BF476BD7A49AE1D97BA834');
CREATE TABLE collections (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    created_at TEXT NOT NULL
);
INSERT INTO "collections" VALUES(1,'documents','2026-11-22T17:16:50.456+00:00');
CREATE TABLE conversations (
    id TEXT PRIMARY KEY,
    principal TEXT NOT NULL,
    title TEXT NOT NULL,
    created_at TEXT NOT NULL
);
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
    removed_at TEXT,
    UNIQUE (collection_id, locator)
);
INSERT INTO "documents" VALUES(1,'de3d1863672a7',1,'/home/me/documents/규정.md','규정.md','/home/me/documents/규정.md',1,'searchable',NULL,'2026-11-22T17:16:50.456+00:00','2026-11-22T17:16:50.523+00:00',NULL);
INSERT INTO "documents" VALUES(2,'d10c0ac4f62ed',1,'/home/me/documents/회의록_20230501.txt','회의록_20230501.txt','/home/me/documents/회의록_20230501.txt',2,'searchable',NULL,'2026-11-22T17:16:50.524+00:00','2026-11-22T17:16:50.525+00:00',NULL);
CREATE TABLE turn_events (
    turn_id TEXT NOT NULL REFERENCES turns (id) ON DELETE CASCADE,
    seq INTEGER NOT NULL,
    kind TEXT NOT NULL,
    data TEXT NOT NULL,
    PRIMARY KEY (turn_id, seq)
) WITHOUT ROWID;
CREATE TABLE turns (
    row INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    question TEXT NOT NULL,
    scope TEXT NOT NULL,
    finished INTEGER NOT NULL DEFAULT 0,
    created_at TEXT NOT NULL
);
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
INSERT INTO "units" VALUES(1,1,1,'section',1,'연차 규정','# 연차 규정

작성일: 2024-03-15

연차 휴가는 15일입니다.
','[[0, 0]]');
INSERT INTO "units" VALUES(2,2,1,'section',1,'lines 1-1','회의록 2023.5.1. 예산을 의결하였다.
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
);
INSERT INTO "versions" VALUES(1,'30eecbaf2deeb869cf52ba1c8507b5713b386400b257b8e16d3e6d0d5f6c59b3','md/ai-chat/1','sentences-410-1',1,'[]',1,1,'2026-11-22T17:16:50.456+00:00');
INSERT INTO "versions" VALUES(2,'f593a8e7bfd971987698c0fe4ddfedaba1b8a47337daa6429d23b2b0ffd7d90d','txt/ai-chat/1','sentences-410-1',1,'[]',1,1,'2026-11-22T17:16:50.524+00:00');
CREATE INDEX versions_by_content ON versions (sha256, parser, chunker);
CREATE INDEX documents_by_version ON documents (version_id);
CREATE INDEX chunks_by_unit ON chunks (unit_id);
CREATE INDEX turns_by_conversation ON turns (conversation_id);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('documents',2);
INSERT INTO "sqlite_sequence" VALUES('versions',2);
INSERT INTO "sqlite_sequence" VALUES('chunks',2);
INSERT INTO "sqlite_sequence" VALUES('changes',2);
COMMIT;

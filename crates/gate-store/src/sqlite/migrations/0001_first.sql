-- What the gate remembers, in the words of the domain.
-- Ids are 16 random bytes, hashes are SHA-256, times are seconds since 1970 in UTC.

-- Sign-ins under way: one use, bound to one browser.
CREATE TABLE flows (
    state         BLOB    NOT NULL PRIMARY KEY CHECK (length(state) = 32),
    browser       BLOB    NOT NULL CHECK (length(browser) = 32),
    org           TEXT    NOT NULL,
    connection    TEXT    NOT NULL,
    issuer        TEXT    NOT NULL,
    redirect_uri  TEXT    NOT NULL,
    nonce         TEXT    NOT NULL,
    pkce_verifier TEXT    NOT NULL,
    app           TEXT,
    return_to     TEXT,
    address       TEXT    NOT NULL,
    began         INTEGER NOT NULL,
    expires       INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX flows_by_org ON flows (org, expires);
CREATE INDEX flows_by_address ON flows (address, expires);
CREATE INDEX flows_by_expiry ON flows (expires);

-- People, by the key that their identity provider knows them by.
CREATE TABLE members (
    id           BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    org          TEXT    NOT NULL,
    connection   TEXT    NOT NULL,
    issuer       TEXT    NOT NULL,
    subject      TEXT    NOT NULL,
    email        TEXT    NOT NULL,
    state        TEXT    NOT NULL CHECK (state IN ('active', 'removed')),
    person_key   BLOB    NOT NULL CHECK (length(person_key) = 16),
    joined       INTEGER NOT NULL,
    last_sign_in INTEGER NOT NULL,
    UNIQUE (org, connection, issuer, subject)
) STRICT, WITHOUT ROWID;
CREATE INDEX members_by_org ON members (org, id);

-- The one identity that each owner's mailbox is bound to.
CREATE TABLE owners (
    org     TEXT NOT NULL,
    mailbox TEXT NOT NULL,
    member  BLOB NOT NULL REFERENCES members (id),
    PRIMARY KEY (org, mailbox)
) STRICT, WITHOUT ROWID;
CREATE INDEX owners_by_member ON owners (member);

-- The wrapped keys that seal the personal fields of the audit trail. Dropping a row erases the person.
CREATE TABLE person_keys (
    id      BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    wrapped BLOB NOT NULL,
    member  BLOB REFERENCES members (id)
) STRICT, WITHOUT ROWID;
CREATE INDEX person_keys_by_member ON person_keys (member);

-- Live sessions: facts and times, never roles. A session that ends is deleted; the audit trail holds its story.
CREATE TABLE sessions (
    place         INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, -- the order in which they were made
    token         BLOB    NOT NULL UNIQUE CHECK (length(token) = 32),
    id            BLOB    NOT NULL UNIQUE CHECK (length(id) = 16),
    member        BLOB    NOT NULL REFERENCES members (id),
    email         TEXT    NOT NULL,
    group_names   TEXT, -- one a line; NULL where they are not known
    is_owner      INTEGER NOT NULL CHECK (is_owner IN (0, 1)),
    authenticated INTEGER NOT NULL,
    created       INTEGER NOT NULL,
    last_seen     INTEGER NOT NULL,
    parent        BLOB    REFERENCES sessions (id) ON DELETE CASCADE,
    app           TEXT,
    CHECK ((parent IS NULL) = (app IS NULL))
) STRICT;
CREATE INDEX sessions_by_member ON sessions (member, place);
CREATE INDEX sessions_by_parent ON sessions (parent, app, place);

-- One-time codes that carry a session to the origin of an app.
CREATE TABLE handovers (
    place     INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    code      BLOB    NOT NULL UNIQUE CHECK (length(code) = 32),
    parent    BLOB    NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    app       TEXT    NOT NULL,
    origin    TEXT    NOT NULL,
    return_to TEXT    NOT NULL,
    expires   INTEGER NOT NULL
) STRICT;
CREATE INDEX handovers_by_parent ON handovers (parent, place);
CREATE INDEX handovers_by_expiry ON handovers (expires);

-- Statements that an organisation owns a domain.
CREATE TABLE domain_proofs (
    org      TEXT    NOT NULL,
    domain   TEXT    NOT NULL,
    method   TEXT    NOT NULL CHECK (method IN ('manual')),
    operator TEXT    NOT NULL,
    reason   TEXT    NOT NULL,
    at       INTEGER NOT NULL,
    PRIMARY KEY (org, domain)
) STRICT, WITHOUT ROWID;

-- The audit trail: a chain per stream (`platform`, `org/NAME`).
CREATE TABLE audit_records (
    stream     TEXT    NOT NULL,
    sequence   INTEGER NOT NULL,
    previous   BLOB    NOT NULL CHECK (length(previous) = 32), -- the hash of the record before
    chained    BLOB    NOT NULL,                               -- the bytes that the hash covers
    hash       BLOB    NOT NULL CHECK (length(hash) = 32),
    ciphertext BLOB,                                           -- the personal part, sealed; not covered
    PRIMARY KEY (stream, sequence)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER audit_records_are_not_changed BEFORE UPDATE OF stream, sequence, previous, chained, hash ON audit_records
BEGIN
    SELECT RAISE (ABORT, 'audit records are not changed');
END;
CREATE TRIGGER audit_records_are_not_deleted BEFORE DELETE ON audit_records
BEGIN
    SELECT RAISE (ABORT, 'audit records are not deleted');
END;
CREATE TABLE audit_heads (
    stream   TEXT    NOT NULL PRIMARY KEY,
    sequence INTEGER NOT NULL,
    hash     BLOB    NOT NULL CHECK (length(hash) = 32)
) STRICT, WITHOUT ROWID;
CREATE TABLE support_cases (
    code     TEXT    NOT NULL PRIMARY KEY,
    stream   TEXT    NOT NULL,
    sequence INTEGER NOT NULL,
    FOREIGN KEY (stream, sequence) REFERENCES audit_records (stream, sequence)
) STRICT, WITHOUT ROWID;

-- Tokens of the admin listener, by hash.
CREATE TABLE admin_tokens (
    name   TEXT    NOT NULL PRIMARY KEY,
    hash   BLOB    NOT NULL UNIQUE CHECK (length(hash) = 32),
    scopes TEXT    NOT NULL, -- sorted, one space between
    made   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The highest bundle that was ever accepted for each environment: an older one is refused for good.
CREATE TABLE accepted_bundles (
    environment TEXT    NOT NULL PRIMARY KEY,
    sequence    INTEGER NOT NULL,
    digest      BLOB    NOT NULL CHECK (length(digest) = 32)
) STRICT, WITHOUT ROWID;

-- SAML beside OpenID Connect: flows of both, answers that wait for their browser, ids that were seen, test links, logouts.

-- A flow asks one way or the other, for a sign-in or for a test, and remembers what was demanded of the authentication.
CREATE TABLE flows_of_both (
    state         BLOB    NOT NULL PRIMARY KEY CHECK (length(state) = 32),
    browser       BLOB    NOT NULL CHECK (length(browser) = 32),
    org           TEXT    NOT NULL,
    connection    TEXT    NOT NULL,
    issuer        TEXT    NOT NULL,
    redirect_uri  TEXT    NOT NULL,
    purpose       TEXT    NOT NULL CHECK (purpose IN ('sign-in', 'test')),
    nonce         TEXT,
    pkce_verifier TEXT,
    request_id    TEXT, -- of SAML
    demand_within INTEGER,
    demand_acr    TEXT,
    app           TEXT,
    return_to     TEXT,
    address       TEXT    NOT NULL,
    began         INTEGER NOT NULL,
    expires       INTEGER NOT NULL,
    CHECK ((nonce IS NULL) = (pkce_verifier IS NULL)),
    CHECK ((nonce IS NULL) <> (request_id IS NULL)),
    CHECK (demand_within IS NOT NULL OR demand_acr IS NULL)
) STRICT, WITHOUT ROWID;
INSERT INTO flows_of_both (state, browser, org, connection, issuer, redirect_uri, purpose, nonce, pkce_verifier, app,
                           return_to, address, began, expires)
    SELECT state, browser, org, connection, issuer, redirect_uri, 'sign-in', nonce, pkce_verifier, app,
           return_to, address, began, expires FROM flows;
DROP TABLE flows;
ALTER TABLE flows_of_both RENAME TO flows;
CREATE INDEX flows_by_org ON flows (org, expires);
CREATE INDEX flows_by_address ON flows (address, expires);
CREATE INDEX flows_by_expiry ON flows (expires);

-- What a provider proved by a form that another site sent, until the browser that began comes for it: facts, never XML.
CREATE TABLE answers (
    handle              BLOB    NOT NULL PRIMARY KEY CHECK (length(handle) = 32),
    browser             BLOB    NOT NULL CHECK (length(browser) = 32),
    org                 TEXT    NOT NULL,
    connection          TEXT    NOT NULL,
    issuer              TEXT    NOT NULL,
    redirect_uri        TEXT    NOT NULL,
    purpose             TEXT    NOT NULL CHECK (purpose IN ('sign-in', 'test')),
    unsolicited         INTEGER NOT NULL CHECK (unsolicited IN (0, 1)),
    settings            BLOB    NOT NULL CHECK (length(settings) = 32), -- digest of the connection that it was checked by
    demand_within       INTEGER,
    demand_acr          TEXT,
    app                 TEXT,
    return_to           TEXT,
    story               TEXT    NOT NULL, -- one step a line
    expires             INTEGER NOT NULL,
    refusal             TEXT,   -- of a test that was refused; then there is no person
    subject             TEXT,
    email               TEXT,
    given_name          TEXT,
    family_name         TEXT,
    group_names         TEXT,   -- one a line; NULL where they are not known
    authenticated       INTEGER,
    authentication_told INTEGER CHECK (authentication_told IN (0, 1)),
    acr                 TEXT,
    session_ends        INTEGER,
    name_id             TEXT,
    name_id_format      TEXT,
    name_qualifier      TEXT,
    sp_name_qualifier   TEXT,
    session_index       TEXT,
    CHECK ((refusal IS NULL) = (subject IS NOT NULL)),
    CHECK ((subject IS NULL) = (email IS NULL)),
    CHECK ((subject IS NULL) = (authenticated IS NULL)),
    CHECK ((subject IS NULL) = (authentication_told IS NULL)),
    CHECK (demand_within IS NOT NULL OR demand_acr IS NULL)
) STRICT, WITHOUT ROWID;
CREATE INDEX answers_by_expiry ON answers (expires);

-- Assertions and messages that are good once, by hash, until nobody would take them any more.
CREATE TABLE seen_messages (
    org        TEXT    NOT NULL,
    connection TEXT    NOT NULL,
    message    BLOB    NOT NULL CHECK (length(message) = 32),
    until      INTEGER NOT NULL,
    PRIMARY KEY (org, connection, message)
) STRICT, WITHOUT ROWID;
CREATE INDEX seen_messages_by_end ON seen_messages (until);
CREATE INDEX seen_messages_by_connection ON seen_messages (org, connection, until);

-- One-time links to try a connection.
CREATE TABLE test_links (
    link       BLOB    NOT NULL PRIMARY KEY CHECK (length(link) = 32),
    org        TEXT    NOT NULL,
    connection TEXT    NOT NULL,
    operator   TEXT    NOT NULL,
    expires    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX test_links_by_org ON test_links (org, expires);
CREATE INDEX test_links_by_expiry ON test_links (expires);

-- Our own requests to end a session at its provider, until the answer comes back.
CREATE TABLE logouts (
    relay      BLOB    NOT NULL PRIMARY KEY CHECK (length(relay) = 32),
    request_id TEXT    NOT NULL,
    org        TEXT    NOT NULL,
    connection TEXT    NOT NULL,
    expires    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX logouts_by_expiry ON logouts (expires);

-- How a person proved who they are, and what the provider calls them and their session when it ends it.
ALTER TABLE sessions ADD COLUMN authentication_told INTEGER NOT NULL DEFAULT 0 CHECK (authentication_told IN (0, 1));
ALTER TABLE sessions ADD COLUMN acr TEXT;
ALTER TABLE sessions ADD COLUMN session_ends INTEGER;
ALTER TABLE sessions ADD COLUMN name_id TEXT;
ALTER TABLE sessions ADD COLUMN name_id_format TEXT;
ALTER TABLE sessions ADD COLUMN name_qualifier TEXT;
ALTER TABLE sessions ADD COLUMN sp_name_qualifier TEXT;
ALTER TABLE sessions ADD COLUMN session_index TEXT;
CREATE INDEX sessions_by_name_id ON sessions (name_id) WHERE name_id IS NOT NULL;
